use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    adjusted: bool,
    weekly: Option<bool>,
}

fn main() {}
