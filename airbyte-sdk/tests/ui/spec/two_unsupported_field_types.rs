use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    initial: char,
    pages: usize,
}

fn main() {}
