use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(pattern = "[a-z", pattern_descriptor = "small letters")]
    city: String,
}

fn main() {}
