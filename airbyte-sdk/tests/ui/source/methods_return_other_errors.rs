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

#[airbyte_stream(name = "streets")]
struct Street {
    name: String,
}

#[airbyte_source]
impl Config {
    fn cities(&self, http: &Http) -> std::io::Result<Vec<String>> {
        Ok(std::fs::read_to_string("cities")?.lines().map(str::to_owned).collect())
    }

    #[partitions(cities)]
    fn days(&self, city: &str, out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }

    fn streets(&self) -> std::result::Result<impl Iterator<Item = Result<Street>>, String> {
        Ok(std::iter::empty())
    }

    fn check(&self, http: &Http) -> std::result::Result<(), &'static str> {
        Err("no connection")
    }
}
