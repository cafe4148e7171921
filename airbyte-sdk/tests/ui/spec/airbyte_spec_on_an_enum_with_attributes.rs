use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
#[airbyte(tag = "kind", display_type = radio)]
enum Config {
    City {
        #[airbyte(hidden)]
        name: String,
    },
    World,
}

fn main() {}
