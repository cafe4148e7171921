use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    initial: char,
    pages: std::ops::Range<u32>,
}

fn main() {}
