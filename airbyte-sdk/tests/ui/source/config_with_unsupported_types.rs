#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    initial: char,
    since: other::Date,
    pages: Option<std::ops::Range<u32>>,
}

mod other {
    pub struct Date;
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_source]
fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
    Ok(())
}
