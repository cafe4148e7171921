use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(pattern = 5, pattern_descriptor = "five")]
    city: String,
}

fn main() {}
