#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, airbyte_source};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
}

struct Day {
    day: Date,
}

#[airbyte_source]
fn fetch(config: &Config, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
    Ok(())
}
