#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    paging: Paging,
    pagings: Option<Vec<Paging>>,
    #[serde(flatten)]
    limits: Limits,
}

struct Paging {
    size: u32,
}

struct Limits {
    total: u32,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_source]
fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
    Ok(())
}
