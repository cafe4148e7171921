//! Fixed rate limits, and rate limits from the configuration.

use airbyte_sdk::http::RateLimit;
use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(default = 5)]
    requests_per_minute: u32,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_source(rate_limit(10 / second, 1_000 / day), stop_when_exhausted)]
fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
    let _ = (config, out);
    Ok(())
}

mod of_the_configuration {
    use super::*;

    #[airbyte_source(rate_limit = limits)]
    fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
        let _ = (config, out);
        Ok(())
    }

    fn limits(config: &Config) -> Vec<RateLimit> {
        vec![RateLimit::per_minute(config.requests_per_minute)]
    }
}
