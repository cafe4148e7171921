use airbyte_sdk::{AirbyteSpec, Secret};

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(examples("k-123456"))]
    api_key: Secret,
}

fn main() {}
