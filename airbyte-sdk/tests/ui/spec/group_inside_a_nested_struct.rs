use airbyte_sdk::{AirbyteSpec, ConfigValue};

#[derive(AirbyteSpec)]
#[airbyte(groups(place = "Place"))]
struct Config {
    #[airbyte(group = "place")]
    city: City,
    login: Login,
}

#[derive(ConfigValue)]
struct City {
    #[airbyte(group = "place")]
    name: String,
}

#[derive(ConfigValue)]
enum Login {
    Name {
        #[airbyte(group = "place")]
        name: String,
    },
}

fn main() {}
