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

#[airbyte_source(partitions = cities)]
impl Config {
    fn cities(&self, http: &Http) -> Result<Vec<String>> {
        Ok(self.cities.clone())
    }

    #[partitions(cities)]
    fn days(&self, city: &String, out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }
}
