#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Emitter, Result, Stream, airbyte_source};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
}

#[airbyte_source]
fn fetch<T: Stream>(config: &Config, out: &mut Emitter<T>) -> Result<()> {
    Ok(())
}
