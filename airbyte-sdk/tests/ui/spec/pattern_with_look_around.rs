use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(pattern = "^(?!https://)", pattern_descriptor = "a host without https://")]
    host: String,
}

fn main() {}
