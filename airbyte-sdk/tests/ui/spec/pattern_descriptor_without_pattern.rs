use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(pattern_descriptor = "a name")]
    city: String,
}

fn main() {}
