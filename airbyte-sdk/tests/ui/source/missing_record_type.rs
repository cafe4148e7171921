#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Result, airbyte_source};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
}

#[airbyte_source]
fn fetch(config: &Config) -> Result<()> {
    Ok(())
}
