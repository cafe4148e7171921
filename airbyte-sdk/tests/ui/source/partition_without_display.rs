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

struct City;

#[airbyte_source(partitions = cities)]
fn fetch(config: &Config, city: &City, out: &mut Emitter<Day>) -> Result<()> {
    Ok(())
}

fn cities(config: &Config, http: &Http) -> Result<Vec<City>> {
    Ok(Vec::new())
}
