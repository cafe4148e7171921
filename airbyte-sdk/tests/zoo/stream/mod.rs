//! Records, in the order of the page.

use crate::Example;
use airbyte_sdk::testing::{assert_stream, stream_of};

macro_rules! examples {
    ($($name:ident: $record:ident),* $(,)?) => {
        $(mod $name;)*

        pub(crate) fn all() -> Vec<Example> {
            vec![$(Example {
                name: stringify!($name),
                source: include_str!(concat!(stringify!($name), ".rs")),
                json: stream_of::<$name::$record>(),
            }),*]
        }

        pub(crate) fn check_all() {
            $(assert_stream::<$name::$record>();)*
        }
    };
}
examples!(scalars: Reading, parts: Order, open: Event);
