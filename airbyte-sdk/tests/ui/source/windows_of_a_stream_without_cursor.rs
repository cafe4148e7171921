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

#[airbyte_stream(name = "visits")]
struct Visit {
    at: Timestamp,
}

#[airbyte_source]
impl Config {
    #[windows(daily)]
    fn visits(&self, window: &Window<Timestamp>, out: &mut Emitter<Visit>) -> Result<()> {
        Ok(())
    }

    fn daily(&self, since: Option<Timestamp>, out: &mut Emitter<Visit>) -> Result<Steps<Timestamp>> {
        out.windows(since, self.start_date).steps(1.day())
    }
}
