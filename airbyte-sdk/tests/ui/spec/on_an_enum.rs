use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
enum Config {
    City,
}

fn main() {}
