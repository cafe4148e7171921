use airbyte_sdk::{AirbyteSpec, Date};

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(default = "2024-01-31")]
    start: Date,
}

fn main() {}
