#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
    workers: u8,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_stream(name = "streets")]
struct Street {
    name: String,
}

#[airbyte_source(one_at_a_time(days, names, days, street))]
impl Config {
    fn days(&self, out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }

    fn streets(&self, out: &mut Emitter<Street>) -> Result<()> {
        Ok(())
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}
