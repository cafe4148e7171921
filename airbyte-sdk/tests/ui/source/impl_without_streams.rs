#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_source]
impl Config {
    fn days(&self) -> Result<Vec<Day>> {
        Ok(Vec::new())
    }
}
