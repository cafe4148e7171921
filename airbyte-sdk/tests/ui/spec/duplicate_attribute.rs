use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(title = "City")]
    #[airbyte(title = "Town")]
    city: String,
}

fn main() {}
