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
fn fetch(config: &Config, city: &(String, u32), out: &mut Emitter<Day>) -> Result<()> {
    Ok(())
}

fn cities(config: &Config, http: &Http) -> Result<Vec<(String, u32)>> {
    Ok(Vec::new())
}
