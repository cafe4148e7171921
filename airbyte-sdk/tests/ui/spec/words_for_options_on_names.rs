use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
#[airbyte(tag = "kind", display_type = radio, title = "Region")]
enum Region {
    #[airbyte(hidden)]
    Eu,
    #[airbyte(title = "USA")]
    Us,
}

fn main() {}
