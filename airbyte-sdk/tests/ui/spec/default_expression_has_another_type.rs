use airbyte_sdk::{AirbyteSpec, Date};

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(default = Date::MIN)]
    city: String,
}

fn main() {}
