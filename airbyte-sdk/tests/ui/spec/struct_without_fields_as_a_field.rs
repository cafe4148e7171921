use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    paging: Paging,
}

#[derive(AirbyteSpec)]
struct Paging {}

fn main() {}
