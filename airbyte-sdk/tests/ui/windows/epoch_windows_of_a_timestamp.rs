#![allow(unused)]

use airbyte_sdk::{Date, Emitter, Result, Timestamp, airbyte_stream, jiff::ToSpan, windows::EpochUnit};

#[airbyte_stream(name = "orders", cursor = updated_at)]
struct Order {
    updated_at: Timestamp,
}

fn orders(start: Date, since: Option<Timestamp>, out: &mut Emitter<Order>) -> Result<()> {
    for window in out.epoch_windows(EpochUnit::Second, since, start).steps(1.day())? {
        out.checkpoint(window.end())?;
    }
    Ok(())
}

fn main() {}
