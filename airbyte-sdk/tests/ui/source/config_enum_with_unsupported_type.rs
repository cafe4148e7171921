#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, ConfigValue, Date, Emitter, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    login: Login,
}

#[derive(ConfigValue)]
enum Login {
    Key { key: char },
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_source]
impl Config {
    fn days(&self, out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }
}
