#![allow(unused)]

use airbyte_sdk::{Date, Emitter, Result, airbyte_stream, jiff::ToSpan};

#[airbyte_stream(name = "charges", cursor = created)]
struct Charge {
    created: i64,
}

fn charges(start: Date, since: Option<i64>, out: &mut Emitter<Charge>) -> Result<()> {
    for window in out.windows(since, start).steps(1.day())? {
        out.checkpoint(window.end())?;
    }
    Ok(())
}

fn main() {}
