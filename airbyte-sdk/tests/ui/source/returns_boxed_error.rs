#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Emitter, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_source]
fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<(), Box<dyn std::error::Error>> {
    let day: Date = config.city.parse()?;
    out.emit(Day { day })?;
    Ok(())
}
