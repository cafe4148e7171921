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

#[airbyte_source(check = check, partitions = cities)]
fn fetch(config: &Config, city: &String, out: &mut Emitter<Day>) -> Result<()> {
    Ok(())
}

fn check(config: &Config, http: &Http) -> std::result::Result<(), String> {
    Ok(())
}

fn cities(config: &Config, http: &Http) -> std::result::Result<Vec<String>, String> {
    Ok(Vec::new())
}
