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

#[airbyte_stream(name = "refunds", cursor = at)]
struct Refund {
    at: Timestamp,
}

#[airbyte_stream(name = "visits", cursor = at)]
struct Visit {
    at: Timestamp,
}

#[airbyte_stream(name = "notes", cursor = at)]
struct Note {
    at: Timestamp,
}

#[airbyte_source]
impl Config {
    #[windows(montly)]
    fn orders(&self, window: &Window<Timestamp>, out: &mut Emitter<Order>) -> Result<()> {
        Ok(())
    }

    fn monthly(&self, since: Option<Timestamp>, out: &mut Emitter<Order>) -> Result<Steps<Timestamp>> {
        out.windows(since, self.start_date).steps(1.month())
    }

    #[window(daily)]
    fn refunds(&self, window: Window<Timestamp>, out: &mut Emitter<Refund>) -> Result<()> {
        Ok(())
    }

    fn daily(&self, since: Option<Timestamp>, out: &mut Emitter<Refund>) -> Result<Steps<Timestamp>> {
        out.windows(since, self.start_date).steps(1.day())
    }

    #[windows]
    fn visits(&self, window: &Window<Timestamp>, since: Option<Timestamp>, out: &mut Emitter<Visit>) -> Result<()> {
        Ok(())
    }

    #[windows(daily)]
    #[windows(monthly)]
    fn notes(&self, out: &mut Emitter<Note>) -> Result<()> {
        Ok(())
    }

    #[windows(daily)]
    fn names(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}
