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

#[airbyte_source]
impl Config {
    fn days(&self, out: &mut Emitter<Day>) -> Result<()> {
        self.page(1, out)
    }

    fn page(&self, page: u32, out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }

    fn first_page(&self, out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }

    fn all<T: airbyte_sdk::Stream>(&self, records: Vec<T>, out: &mut Emitter<T>) -> Result<()> {
        Ok(())
    }
}
