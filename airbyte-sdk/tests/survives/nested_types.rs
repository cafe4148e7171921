//! Nested types with private fields, shadowed names, paths through types from macros, and no crate but the SDK.
#![deny(warnings)]
#![allow(dead_code, unreachable_pub)]

mod connector {
    use airbyte_sdk::airbyte_stream;

    #[allow(dead_code)]
    mod own {
        pub(super) struct Option;
        pub(super) struct Some;
        pub(super) struct NestedField;
        pub(super) trait CursorField {}
        pub(super) fn field() {}
    }

    #[allow(unused_imports)]
    use own::*;

    /// Public, with a field of a private type.
    #[airbyte_stream(nested)]
    #[derive(Clone, Debug)]
    pub struct Open {
        hidden: Hidden,
        pub r#type: std::primitive::u64,
        number: i64,
    }

    #[airbyte_stream(nested)]
    #[derive(Clone, Debug)]
    #[serde(rename_all = "kebab-case")]
    struct Hidden {
        some_name: String,
        kind: Kind,
        shape: std::option::Option<Shape>,
        id: Id,
    }

    #[airbyte_stream(nested)]
    #[derive(Clone, Copy, Debug)]
    enum Kind {
        /// Not small
        Big,
        #[serde(rename = "SMALL")]
        Small,
    }

    #[airbyte_stream(nested)]
    #[derive(Clone, Debug)]
    #[serde(tag = "shape", rename_all = "snake_case")]
    enum Shape {
        Round {
            /// From the center
            radius: f64,
        },
        Flat,
    }

    #[airbyte_stream(nested)]
    #[derive(Clone, Debug)]
    struct Id(String);

    #[airbyte_stream(
        name = "things",
        primary_key(open.r#type, hidden.id, open.number),
        cursor = open.number,
        order = ascending
    )]
    #[serde(rename_all = "camelCase")]
    pub struct Thing {
        open: Open,
        #[serde(flatten)]
        hidden: Hidden,
        #[serde(skip)]
        for_me: Vec<u8>,
        #[serde(skip_serializing_if = "std::option::Option::is_none")]
        for_you: std::option::Option<bool>,
    }

    mod elsewhere {
        #[airbyte_sdk::airbyte_stream(name = "others", primary_key(thing.number), cursor = thing.number)]
        struct Other {
            thing: super::Open,
        }
    }

    macro_rules! record {
        ($name:ident { $field:ident: $ty:ty }, $($path:tt)*) => {
            #[airbyte_stream(name = "written", primary_key($($path)*), cursor = $($path)*)]
            struct $name {
                $field: $ty,
            }
        };
    }
    record!(Written { inner: Open }, inner.number);

    /// Recursive records.
    #[airbyte_stream(name = "users")]
    struct User {
        orders: Vec<Order>,
        friend: std::option::Option<Box<Self>>,
        first: std::option::Option<Box<User>>,
    }

    #[airbyte_stream(name = "orders")]
    struct Order {
        lines: std::collections::BTreeMap<String, Line>,
        user: Box<User>,
    }

    #[airbyte_stream(nested)]
    struct Line {
        bundle: std::option::Option<Box<Order>>,
        next: std::option::Option<Box<Self>>,
    }

    macro_rules! by_the_name_of_a_crate {
        () => {
            #[airbyte_stream(name = "crates")]
            struct InCrate {
                line: $crate::nested_types::connector::Line,
            }
        };
    }
    by_the_name_of_a_crate!();
}
