use airbyte_sdk::{AirbyteSpec, ConfigValue};

#[derive(AirbyteSpec)]
struct Config {
    paging: Paging,
    login: Option<Login>,
    levels: Vec<Level>,
    #[serde(flatten)]
    limits: Limits,
}

#[derive(ConfigValue)]
struct Paging {
    #[airbyte(titel = "Size")]
    size: u32,
}

#[derive(ConfigValue)]
enum Login {
    Anonymous,
    #[airbyte(titel = "Name")]
    Name { name: String },
}

#[derive(ConfigValue)]
#[airbyte(titel = "Level")]
enum Level {
    High,
}

#[derive(ConfigValue)]
struct Limits {
    #[airbyte(titel = "Most")]
    most: u32,
}

fn main() {}
