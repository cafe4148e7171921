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

struct City(std::rc::Rc<str>);

impl std::fmt::Display for City {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[airbyte_source]
impl Config {
    fn cities(&self, http: &Http) -> Result<Vec<City>> {
        Ok(Vec::new())
    }

    #[partitions(cities)]
    fn days(&self, city: &City, out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }
}
