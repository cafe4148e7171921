use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(url, pattern = "^https://", pattern_descriptor = "a safe URL")]
    api_url: String,
}

fn main() {}
