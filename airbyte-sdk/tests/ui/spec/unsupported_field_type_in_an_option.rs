use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    city: Option<char>,
}

fn main() {}
