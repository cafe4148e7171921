use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
#[airbyte(documentation = "https://example.com")]
struct Config {
    city: String,
}

fn main() {}
