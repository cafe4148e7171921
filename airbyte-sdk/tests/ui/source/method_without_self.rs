#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, airbyte_source, airbyte_stream};

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
    fn days(out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }
}
