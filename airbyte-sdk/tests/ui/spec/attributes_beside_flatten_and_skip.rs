use airbyte_sdk::{AirbyteSpec, ConfigValue};

#[derive(AirbyteSpec)]
struct Config {
    #[serde(flatten, rename = "pages")]
    #[airbyte(title = "Paging")]
    paging: Paging,
    #[serde(skip)]
    #[airbyte(hidden)]
    cache: u32,
    #[serde(skip, flatten)]
    other: Paging,
    #[serde(flatten, default)]
    third: Paging,
    #[serde(skip, default = "none")]
    none: u32,
    #[serde(skip, default)]
    right: u32,
}

#[derive(ConfigValue)]
struct Paging {
    size: u32,
}

fn main() {}
