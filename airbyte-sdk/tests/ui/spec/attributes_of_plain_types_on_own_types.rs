use airbyte_sdk::{AirbyteSpec, ConfigValue};

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(min = 1)]
    region: Region,
    #[airbyte(max_length = 1)]
    paging: Option<Paging>,
    #[airbyte(min_items = 1)]
    other: Paging,
}

#[derive(ConfigValue)]
enum Region {
    Eu,
}

#[derive(ConfigValue)]
struct Paging {
    size: u32,
}

fn main() {}
