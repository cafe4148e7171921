#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, airbyte_source};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
}

struct Day {
    day: Date,
}

#[airbyte_source]
fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
    out.emit(Day { day: Date::MIN })
}
