use airbyte_sdk::{AirbyteSpec, ConfigValue};

#[derive(AirbyteSpec)]
struct Config {
    #[serde(default)]
    region: Region,
    #[serde(skip)]
    cache: Region,
}

#[derive(ConfigValue)]
enum Region {
    Eu,
}

fn main() {}
