#![allow(unused)]

use airbyte_sdk::{Date, Emitter, Result, airbyte_stream};

#[airbyte_stream(name = "cities")]
struct City {
    name: String,
}

fn cities(today: Date, out: &mut Emitter<City>) -> Result<()> {
    out.emit(City { name: "Oslo".to_owned() })?;
    out.checkpoint(today)
}

fn main() {}
