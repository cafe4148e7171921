//! Configurations, in the order of the page.

use crate::Animal;
use airbyte_sdk::testing::{assert_spec, spec_of};

macro_rules! zoo {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*

        pub(crate) fn all() -> Vec<Animal> {
            vec![$(Animal {
                name: stringify!($name),
                source: include_str!(concat!(stringify!($name), ".rs")),
                json: spec_of::<$name::Config>(),
            }),*]
        }

        pub(crate) fn judge() {
            $(assert_spec::<$name::Config>();)*
        }
    };
}
zoo!(scalars, optional, limits, secrets, lists, choices, parts, ways, cards, login);
