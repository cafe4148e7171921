use airbyte_sdk::{AirbyteSpec, ConfigValue};

#[derive(AirbyteSpec)]
struct Config {
    city: City,
}

#[derive(ConfigValue)]
#[airbyte(groups(place = "Place"))]
struct City {
    #[airbyte(group = "place")]
    name: String,
}

fn main() {}
