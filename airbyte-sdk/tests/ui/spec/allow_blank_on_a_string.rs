use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(allow_blank)]
    name: String,
}

fn main() {}
