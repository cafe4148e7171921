#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, Timestamp, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
}

#[airbyte_stream(name = "days", cursor = updated_at)]
struct Day {
    updated_at: Timestamp,
}

#[airbyte_source]
fn fetch(config: &Config, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
    Ok(())
}
