//! Configurations, in the order of the page.

use crate::Example;
use airbyte_sdk::testing::{assert_spec, spec_of};

macro_rules! examples {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*

        pub(crate) fn all() -> Vec<Example> {
            vec![$(Example {
                name: stringify!($name),
                source: include_str!(concat!(stringify!($name), ".rs")),
                json: spec_of::<$name::Config>(),
            }),*]
        }

        pub(crate) fn check_all() {
            $(assert_spec::<$name::Config>();)*
        }
    };
}
examples!(scalars, optional, limits, secrets, lists, choices, parts, ways, cards, login);
