#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Emitter, Http, Result, airbyte_source, airbyte_stream};

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
    fn cities(&self, http: &Http) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    #[partitions(cities)]
    fn days(&self, since: Option<Date>, city: &str, out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }
}
