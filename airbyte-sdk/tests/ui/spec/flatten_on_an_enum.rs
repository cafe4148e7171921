use airbyte_sdk::{AirbyteSpec, ConfigValue};

#[derive(AirbyteSpec)]
struct Config {
    #[serde(flatten)]
    region: Region,
    #[serde(flatten)]
    city: String,
}

#[derive(ConfigValue)]
enum Region {
    Eu,
}

fn main() {}
