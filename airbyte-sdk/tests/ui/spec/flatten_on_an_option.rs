use airbyte_sdk::{AirbyteSpec, ConfigValue};

#[derive(AirbyteSpec)]
struct Config {
    #[serde(flatten)]
    paging: Option<Paging>,
}

#[derive(ConfigValue)]
struct Paging {
    size: u32,
}

fn main() {}
