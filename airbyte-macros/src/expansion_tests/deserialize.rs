use super::check;
use crate::deserialize;
use syn::parse_quote;

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
        enum Status {
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
