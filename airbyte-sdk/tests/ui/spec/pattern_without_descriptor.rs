use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(pattern = "^[a-z]+$")]
    city: String,
    #[airbyte(pattern = "^[a-z]+$", hidden)]
    region: Option<String>,
}

fn main() {}
