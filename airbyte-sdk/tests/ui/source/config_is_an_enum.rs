#![allow(unused)]

use airbyte_sdk::{ConfigValue, Date, Emitter, Result, airbyte_source, airbyte_stream};

#[derive(ConfigValue)]
enum Config {
    City { name: String },
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_source]
fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
    Ok(())
}
