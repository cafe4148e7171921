#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

trait Fetch {
    fn days(&self, out: &mut Emitter<Day>) -> Result<()>;
}

#[airbyte_source]
impl Fetch for Config {
    fn days(&self, out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }
}
