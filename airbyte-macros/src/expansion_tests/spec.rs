use super::check;
use crate::spec;
use syn::parse_quote;

#[test]
fn spec_with_every_attribute() {
    let item = parse_quote! {
        #[airbyte(
            title = "Shop",
            description = "Sales of a shop.",
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
    check("spec/every_attribute", spec::derive_spec(item));
}

#[test]
fn spec_with_nested_types() {
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
    check("spec/nested_types", spec::derive_spec(item));
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
            /// An API key of your account
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
            Anonymous,
        }
    };
    check("value/one_of", spec::derive_value(item));
}

#[test]
fn value_of_an_object() {
    let item = parse_quote! {
        /// How much to request
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
