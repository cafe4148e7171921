#![allow(unused)]

use airbyte_sdk::{Date, Emitter, Result, airbyte_stream};

#[airbyte_stream(name = "sales", cursor = day)]
struct Sale {
    day: Date,
}

fn sales(start: Date, since: Option<Date>, out: &mut Emitter<Sale>) -> Result<()> {
    for window in out.windows(since, start) {
        out.checkpoint(window.end())?;
    }
    Ok(())
}

fn main() {}
