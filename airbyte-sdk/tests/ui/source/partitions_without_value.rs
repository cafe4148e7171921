#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Emitter, Http, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    cities: Vec<String>,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_source]
impl Config {
    fn cities(&self, http: &Http) -> Result<Vec<String>> {
        Ok(self.cities.clone())
    }

    #[partitions]
    fn days(&self, city: &String, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }
}
