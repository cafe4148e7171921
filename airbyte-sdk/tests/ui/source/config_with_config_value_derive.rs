#![allow(unused)]

use airbyte_sdk::{ConfigValue, Date, Emitter, Result, airbyte_source, airbyte_stream};

#[derive(ConfigValue)]
struct Config {
    city: String,
}

#[airbyte_stream(name = "days")]
struct Day {
    day: Date,
}

#[airbyte_source]
fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
    Ok(())
}
