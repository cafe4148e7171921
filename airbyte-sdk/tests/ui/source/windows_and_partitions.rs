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

#[airbyte_stream(name = "campaigns", primary_key(id))]
struct Campaign {
    id: u64,
}

#[airbyte_stream(name = "visits", cursor = at)]
struct Visit {
    at: Timestamp,
}

#[airbyte_source]
impl Config {
    fn shops(&self, http: &airbyte_sdk::Http) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    #[partitions(shops)]
    #[windows(monthly)]
    fn orders(&self, shop: &str, window: &Window<Timestamp>, out: &mut Emitter<Order>) -> Result<()> {
        Ok(())
    }

    fn monthly(&self, since: Option<Timestamp>, out: &mut Emitter<Order>) -> Result<Steps<Timestamp>> {
        out.windows(since, self.start_date).steps(1.month())
    }

    fn campaigns(&self, out: &mut Emitter<Campaign>) -> Result<()> {
        Ok(())
    }

    #[windows(daily)]
    #[children_of(campaigns)]
    fn visits(&self, campaign: &Campaign, window: &Window<Timestamp>, out: &mut Emitter<Visit>) -> Result<()> {
        Ok(())
    }

    fn daily(&self, since: Option<Timestamp>, out: &mut Emitter<Visit>) -> Result<Steps<Timestamp>> {
        out.windows(since, self.start_date).steps(1.day())
    }
}
