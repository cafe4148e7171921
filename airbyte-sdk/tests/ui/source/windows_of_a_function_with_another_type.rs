#![allow(unused)]

use airbyte_sdk::jiff::ToSpan;
use airbyte_sdk::windows::{Steps, Window};
use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, Timestamp, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    start_date: Date,
}

#[airbyte_stream(name = "orders", cursor = updated_at)]
struct Order {
    updated_at: Timestamp,
}

#[airbyte_source(windows = monthly)]
fn orders(config: &Config, window: &Window<Timestamp>, out: &mut Emitter<Order>) -> Result<()> {
    Ok(())
}

fn monthly(config: &Config, since: Option<Date>, out: &mut Emitter<Order>) -> Result<Steps<Timestamp>> {
    out.windows(None, config.start_date).steps(1.month())
}
