use airbyte_sdk::{AirbyteSpec, ConfigValue};

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(default = "eu")]
    region: Region,
}

#[derive(ConfigValue)]
enum Region {
    Eu,
}

fn main() {}
