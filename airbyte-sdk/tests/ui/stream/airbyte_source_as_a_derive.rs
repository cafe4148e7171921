use airbyte_sdk::AirbyteSource;

#[derive(AirbyteSource)]
struct Config {
    city: String,
}

fn main() {}
