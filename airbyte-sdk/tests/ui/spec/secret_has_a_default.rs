use airbyte_sdk::{AirbyteSpec, Secret};

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(default = "k-123456")]
    key: Secret,
}

fn main() {}
