//! What the macros write, kept as files in `tests/expand` and read like code that a person wrote.

use crate::{deserialize, source, spec, stream};
use proc_macro2::TokenStream;
use quote::quote;
use std::fs;
use std::path::Path;
use syn::parse_quote;

/// Compares an expansion with its file. With `BLESS` set in the environment the file is written instead.
#[expect(clippy::disallowed_methods, reason = "a test reads its own files; the rule is for the SDK")]
fn check(name: &str, expansion: TokenStream) {
    let file = match syn::parse2(expansion.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => panic!("{name}: what the macro wrote is no code: {error}\n{expansion}"),
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand").join(name).with_extension("rs");
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, file).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if let Some(difference) = difference(&expected, &file) {
        panic!(
            "tests/expand/{name}.rs differs from what the macro writes\n\n{difference}\n\
             If the new code is right: `BLESS=1 cargo test -p airbyte-macros`, and look at the files before you commit them."
        );
    }
}

/// The first lines that differ, old and new, with where they are.
fn difference(expected: &str, actual: &str) -> Option<String> {
    if expected == actual {
        return None;
    }
    let (old, new): (Vec<_>, Vec<_>) = (expected.lines().collect(), actual.lines().collect());
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let same_end = old[same..].iter().rev().zip(new[same..].iter().rev()).take_while(|(a, b)| a == b).count();
    let mut text = format!("from line {}:\n", same + 1);
    for line in &old[same..old.len() - same_end] {
        text.push_str(&format!("- {line}\n"));
    }
    for line in &new[same..new.len() - same_end] {
        text.push_str(&format!("+ {line}\n"));
    }
    Some(text)
}

#[test]
fn a_difference_is_shown_with_its_place() {
    assert_eq!(difference("a\nb\n", "a\nb\n"), None);
    assert_eq!(difference("a\nb\nd\n", "a\nc\nd\n").as_deref(), Some("from line 2:\n- b\n+ c\n"));
    assert_eq!(difference("", "a\n").as_deref(), Some("from line 1:\n+ a\n"));
}

#[test]
fn spec_with_every_word() {
    let item = parse_quote! {
        #[airbyte(
            title = "Shop",
            description = "What is sold, and how often.",
            documentation_url = "https://example.com/shop",
            groups(login = "Login", reading = "Reading"),
        )]
        pub struct Config {
            #[airbyte(title = "Shop name", description = "As in its address.", examples("a", "b"), group = "reading")]
            #[airbyte(pattern = "^[a-z]+$", pattern_descriptor = "small letters")]
            shop: String,
            /// The key of the API
            #[airbyte(group = "login", multiline)]
            api_key: Secret,
            #[airbyte(default = 100, min = 1, max = 1000, hidden)]
            page_size: u32,
            #[airbyte(default = "https://example.com", url)]
            api_url: String,
            #[airbyte(allow_blank)]
            password: Option<Secret>,
            #[airbyte(default = vec!["open".to_owned()])]
            states: Vec<String>,
            #[airbyte(always_show)]
            start_date: Option<Date>,
            r#type: Option<String>,
        }
    };
    check("spec/every_word", spec::derive_spec(item));
}

#[test]
fn spec_with_parts() {
    let item = parse_quote! {
        #[airbyte(oauth_login(
            predicate(login.type = "oauth"),
            output(access_token = login.access_token),
            server_input(client_id),
            server_output(client_id = login.client_id),
            requests(access_token_url = "https://a/token", consent_url = "https://a/consent", scope = "read"),
        ))]
        #[serde(rename_all = "camelCase")]
        struct Config {
            login: Login,
            #[airbyte(default = Region::Eu)]
            first_region: Region,
            #[airbyte(min_items = 1)]
            more: Vec<Region>,
            #[serde(rename = "pages", default)]
            paging: Paging,
            #[serde(default = "Window::week")]
            window: Window,
            #[serde(flatten)]
            limits: Limits,
            #[serde(skip)]
            cache: Cache,
        }
    };
    check("spec/parts", spec::derive_spec(item));
}

#[test]
fn value_of_names() {
    let item = parse_quote! {
        #[serde(rename_all = "UPPERCASE")]
        enum Region {
            Eu,
            #[serde(rename = "us-1")]
            Us,
        }
    };
    check("value/names", spec::derive_value(item));
}

#[test]
fn value_of_a_choice() {
    let item = parse_quote! {
        /// How you log in
        #[airbyte(tag = "auth_type", display_type = radio)]
        enum Login {
            /// A key of your account
            ApiKey {
                #[airbyte(min_length = 8)]
                api_key: Secret,
                #[serde(skip)]
                cache: Cache,
            },
            #[airbyte(title = "Log in")]
            #[serde(rename = "oauth")]
            OAuth(Tokens),
            #[airbyte(hidden)]
            Nobody,
        }
    };
    check("value/one_of", spec::derive_value(item));
}

#[test]
fn value_of_an_object() {
    let item = parse_quote! {
        /// How much is asked for
        #[airbyte(title = "Paging")]
        struct Limits {
            #[airbyte(default = 100)]
            page_size: u32,
            region: Region,
            #[serde(flatten)]
            window: Window,
        }
    };
    check("value/object", spec::derive_value(item));
}

#[test]
fn value_with_mistakes() {
    let item = parse_quote! {
        #[airbyte(groups(login = "Login"))]
        struct Login {
            user: String,
        }
    };
    check("value/mistakes", spec::derive_value(item));
}

#[test]
fn spec_of_a_renamed_sdk() {
    let item = parse_quote! {
        #[airbyte(crate = ::renamed)]
        struct Config {
            city: String,
        }
    };
    check("spec/renamed_sdk", spec::derive_spec(item));
}

#[test]
fn spec_with_mistakes() {
    let item = parse_quote! {
        struct Config {
            #[airbyte(titel = "City", hidden = true)]
            city: String,
        }
    };
    check("spec/mistakes", spec::derive_spec(item));
}

#[test]
fn stream_with_every_word() {
    let words = quote!(
        name = "orders",
        namespace = "shop",
        primary_key(id, shop),
        cursor = updated_at,
        on_null = emit,
        order = ascending,
        not_finite = fail
    );
    let item = parse_quote! {
        /// What somebody bought.
        ///
        /// Orders are never deleted.
        #[derive(Debug)]
        pub struct Order {
            id: u64,
            shop: String,
            /// When the order
            /// was changed last
            #[serde(rename = "updatedAt")]
            updated_at: Option<Timestamp>,
        }
    };
    check("stream/every_word", stream::attribute(words, item));
}

#[test]
fn stream_with_paths() {
    let words = quote!(
        name = "orders",
        primary_key(shop.owner.id, about.number),
        cursor = about.updated_at,
        older_state = older
    );
    let item = parse_quote! {
        #[serde(rename_all = "camelCase")]
        struct Order {
            the_shop: Shop,
            shop: Shop,
            #[serde(flatten)]
            about: About,
        }
    };
    check("stream/paths", stream::attribute(words, item));
}

#[test]
fn stream_that_is_nested() {
    let item = parse_quote! {
        #[serde(rename_all = "camelCase")]
        pub(crate) struct Shop {
            /// Where it is
            pub(crate) zip_code: u32,
            pub(crate) owner: Owner,
            hidden: Hidden,
            r#type: Option<String>,
            #[serde(skip)]
            note: String,
        }
    };
    check("stream/nested", stream::attribute(quote!(nested), item));
}

#[test]
fn stream_with_a_name_only() {
    let item = parse_quote! {
        struct City {
            name: String,
        }
    };
    check("stream/name_only", stream::attribute(quote!(name = "cities"), item));
}

#[test]
fn stream_of_a_renamed_sdk() {
    let words = quote!(name = "cities", cursor = founded, crate = ::renamed);
    let item = parse_quote! {
        struct City {
            founded: Date,
        }
    };
    check("stream/renamed_sdk", stream::attribute(words, item));
}

#[test]
fn stream_with_mistakes() {
    let words = quote!(nmae = "cities", cursor = fuonded);
    let item = parse_quote! {
        #[derive(Debug, Serialize)]
        struct City {
            founded: Date,
        }
    };
    check("stream/mistakes", stream::attribute(words, item));
}

#[test]
fn source_of_a_function_with_a_check() {
    let item = parse_quote! {
        fn fetch(config: &Config, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
            out.emit(Day { day: since.unwrap_or(config.start_date) })
        }
    };
    check("source/function_with_check", source::attribute(quote!(check = try_it), item));
}

#[test]
fn source_of_an_impl() {
    let item = parse_quote! {
        impl Config {
            fn days(&self, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
                out.emit(Day { day: since.unwrap_or(self.start_date) })
            }

            fn cities(&self) -> Result<impl Iterator<Item = Result<City>>> {
                Ok(self.names()?.into_iter().map(|name| Ok(City { name })))
            }

            fn check(&self, http: &Http) -> Result<()> {
                self.names().map(drop)
            }

            fn names(&self) -> Result<Vec<String>> {
                Ok(Vec::new())
            }
        }
    };
    check("source/impl_with_check", source::attribute(quote!(), item));
}

#[test]
fn source_with_parts() {
    let item = parse_quote! {
        impl Config {
            fn cities(&self, http: &Http) -> Result<Vec<String>> {
                Ok(self.cities.clone())
            }

            #[partitions(cities)]
            fn days(&self, city: &str, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
                Ok(())
            }

            #[partitions(cities)]
            fn streets(&self, city: &str) -> Result<impl Iterator<Item = Result<Street>>> {
                Ok(std::iter::empty())
            }
        }
    };
    check("source/impl_with_partitions", source::attribute(quote!(), item));
}

#[test]
fn source_of_a_renamed_sdk() {
    let item = parse_quote! {
        fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
            out.emit(Day { day: config.start_date })
        }
    };
    check("source/renamed_sdk", source::attribute(quote!(crate = ::renamed), item));
}

#[test]
fn source_with_mistakes() {
    let item = parse_quote! {
        async fn main(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
            out.emit(Day { day: config.start_date })
        }
    };
    check("source/mistakes", source::attribute(quote!(), item));
}

#[test]
fn deserialize_of_a_struct() {
    let item = parse_quote! {
        #[derive(Debug)]
        #[serde(rename_all = "camelCase")]
        pub struct Page {
            /// What was found
            results: Vec<Bar>,
            #[serde(rename = "next")]
            next_url: Option<String>,
        }
    };
    check("deserialize/struct", deserialize::derive(item));
}

#[test]
fn deserialize_of_an_enum() {
    let item = parse_quote! {
        #[airbyte(crate = ::renamed)]
        #[serde(tag = "status")]
        enum Answer {
            #[serde(rename = "OK")]
            Good { results: Vec<Bar> },
            Bad(String),
            None,
        }
    };
    check("deserialize/enum_of_a_renamed_sdk", deserialize::derive(item));
}

#[test]
fn deserialize_with_mistakes() {
    let item = parse_quote! {
        struct Page<T> {
            results: Vec<T>,
        }
    };
    check("deserialize/mistakes", deserialize::derive(item));
}
