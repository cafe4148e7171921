use airbyte_sdk::{AirbyteSpec, ConfigValue};

#[derive(AirbyteSpec)]
struct Config {
    #[serde(default)]
    region: Region,
    #[serde(default = "region()")]
    other: Region,
    #[serde(default)]
    #[airbyte(default = Region::Eu)]
    third: Region,
}

#[derive(ConfigValue)]
enum Region {
    Eu,
}

fn main() {}
