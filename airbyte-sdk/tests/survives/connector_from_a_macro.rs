#![deny(warnings)]
#![allow(dead_code)]

mod connector {
    use airbyte_sdk::{AirbyteSpec, Emitter, Result, airbyte_source, airbyte_stream};

    macro_rules! connector {
        ($config:ident, $record:ident { $($field:ident: $ty:ty = $default:expr),* $(,)? }, $name:literal, $cursor:ident) => {
            #[derive(AirbyteSpec)]
            struct $config {
                $(#[airbyte(default = $default)] $field: $ty,)*
            }

            #[airbyte_stream(name = $name, cursor = $cursor)]
            struct $record {
                $($field: $ty,)*
            }

            #[airbyte_source]
            fn fetch(config: &$config, since: Option<u32>, out: &mut Emitter<$record>) -> Result<()> {
                let _ = since;
                out.emit($record { $($field: config.$field.clone(),)* })
            }
        };
    }

    connector!(Settings, Thing { id: u32 = 5, text: String = "none" }, "things", id);
}
