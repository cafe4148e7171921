use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config(String);

fn main() {}
