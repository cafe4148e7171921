use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
enum Login {}

fn main() {}
