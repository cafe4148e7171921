//! Records, in the order of the page.

use crate::Animal;
use airbyte_sdk::testing::{assert_stream, stream_of};

macro_rules! zoo {
    ($($name:ident: $record:ident),* $(,)?) => {
        $(mod $name;)*

        pub(crate) fn all() -> Vec<Animal> {
            vec![$(Animal {
                name: stringify!($name),
                source: include_str!(concat!(stringify!($name), ".rs")),
                json: stream_of::<$name::$record>(),
            }),*]
        }

        pub(crate) fn judge() {
            $(assert_stream::<$name::$record>();)*
        }
    };
}
zoo!(scalars: Reading, parts: Order, open: Event);
