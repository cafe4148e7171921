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
impl Config {
    fn orders(&self, out: &mut Emitter<Order>) -> Result<()> {
        Ok(())
    }
}
