#![allow(unused)]

use airbyte_sdk::http::RateLimit;
use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_source(rate_limit = limits)]
fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
    Ok(())
}

fn limits(config: &Config) -> RateLimit {
    RateLimit::per_minute(5)
}
