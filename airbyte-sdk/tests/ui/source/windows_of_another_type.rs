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

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_stream(name = "visits", cursor = at)]
struct Visit {
    at: Timestamp,
}

#[airbyte_source]
impl Config {
    #[windows(monthly)]
    fn orders(&self, window: &Window<Date>, out: &mut Emitter<Order>) -> Result<()> {
        Ok(())
    }

    fn monthly(&self, since: Option<Timestamp>, out: &mut Emitter<Order>) -> Result<Steps<Timestamp>> {
        out.windows(since, self.start_date).steps(1.month())
    }

    #[windows(weekly)]
    fn days(&self, window: &Window<Date>, out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }

    fn weekly(&self, since: Option<Timestamp>, out: &mut Emitter<Day>) -> Result<Steps<Date>> {
        out.windows(None, self.start_date).steps(1.week())
    }

    #[windows(daily)]
    fn visits(&self, window: &Window<Timestamp>, out: &mut Emitter<Visit>) -> Result<()> {
        Ok(())
    }

    fn daily(&self, since: Option<Timestamp>, out: &mut Emitter<Visit>) -> Result<Steps<Date>> {
        airbyte_sdk::windows::Windows::new(None, self.start_date, out.started_at()).steps(1.day())
    }
}
