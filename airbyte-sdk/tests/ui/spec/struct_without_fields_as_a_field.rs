use airbyte_sdk::{AirbyteSpec, ConfigValue};

#[derive(AirbyteSpec)]
struct Config {
    paging: Paging,
}

#[derive(ConfigValue)]
struct Paging {}

fn main() {}
