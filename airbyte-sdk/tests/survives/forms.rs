//! Nested configurations, under every lint and without a prelude.
#![deny(warnings, missing_docs, clippy::all, clippy::pedantic)]
#![allow(dead_code)]

#[no_implicit_prelude]
mod connector {
    use ::airbyte_sdk::{AirbyteSpec, ConfigValue, Secret};
    use ::std::option::Option;
    use ::std::string::String;
    use ::std::vec::Vec;

    /// Types with names that generated code uses for others.
    #[allow(unused)]
    mod own {
        pub(super) struct Some;
        pub(super) struct None;
        pub(super) struct Value;
        pub(super) struct Form;
        pub(super) struct Field;
        pub(super) struct Shape;
        pub(super) struct Choice;
        pub(super) struct Variant;
        pub(super) trait Into {}
        pub(super) trait Default {}
        pub(super) trait Shaped {}
        pub(super) trait Fields {}
        pub(super) struct WholeSpec;
        pub(super) struct NestedValue;
    }

    #[allow(unused_imports)]
    use own::*;

    #[derive(AirbyteSpec)]
    #[airbyte(oauth_login(
        output("token" = r#in.token),
        requests(consent_url = "https://example.com", access_token_url = "https://example.com"),
    ))]
    pub(super) struct Config {
        r#in: Login,
        #[airbyte(default = Region::shape())]
        shape: Region,
        #[airbyte(default = form(), min_items = 0)]
        form: Vec<Region>,
        #[serde(default)]
        choice: r#Type,
        #[serde(default = "self::form")]
        value: Vec<Region>,
        #[serde(flatten)]
        object: Object,
        #[serde(skip)]
        cache: Option<String>,
    }

    fn form() -> Vec<Region> {
        Vec::new()
    }

    /// A place.
    #[derive(ConfigValue, Clone, Copy, PartialEq, Eq, Debug)]
    pub(super) enum Region {
        r#Eu,
        Us,
    }

    impl Region {
        fn shape() -> Self {
            Self::Eu
        }

        fn to_json() {}
    }

    #[derive(ConfigValue)]
    #[airbyte(tag = "self")]
    pub(super) enum Login {
        Form {
            form: String,
            r#type: Option<u8>,
            choice: String,
            value: u32,
            tag: String,
            shape: String,
        },
        Self_(Object),
        Token {
            #[serde(skip)]
            cache: u32,
            #[serde(flatten)]
            object: Object,
            token: Secret,
        },
        None,
    }

    #[derive(ConfigValue)]
    pub(super) struct Object {
        r#match: String,
    }

    #[derive(ConfigValue)]
    pub(super) struct r#Type {
        r#fn: u32,
    }

    impl ::std::default::Default for r#Type {
        fn default() -> Self {
            Self { r#fn: 1 }
        }
    }

    /// A choice of one.
    #[derive(ConfigValue)]
    pub(super) enum One {
        Only { value: One2 },
    }

    #[derive(ConfigValue)]
    pub(super) enum One2 {
        Only,
    }

    /// The configuration of one connector, and a nested type in another.
    #[derive(AirbyteSpec, ConfigValue)]
    pub(super) struct Both {
        region: Region,
    }

    #[derive(AirbyteSpec)]
    pub(super) struct Outer {
        both: Both,
    }
}

mod written_by_a_macro {
    use airbyte_sdk::{AirbyteSpec, ConfigValue};

    macro_rules! forms {
        ($config:ident { $($field:ident: $ty:ty),* }, $choice:ident { $($variant:ident = $name:literal),* }, $default:expr) => {
            #[derive(AirbyteSpec)]
            struct $config {
                $(#[airbyte(default = $default)] $field: $ty,)*
            }

            #[derive(ConfigValue, Clone)]
            enum $choice {
                $(#[serde(rename = $name)] $variant,)*
            }
        };
    }

    forms!(Config { first: Level, second: Level }, Level { High = "high", Low = "low" }, Level::High);
}
