#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Emitter, Http, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    account: String,
    workers: u32,
}

#[airbyte_stream(name = "campaigns", primary_key(id))]
struct Campaign {
    id: u64,
}

#[airbyte_stream(name = "groups", cursor = day)]
struct Group {
    day: Date,
}

#[airbyte_source(concurrency = self.workers, one_at_a_time(campaigns, "groups"))]
impl Config {
    async fn campaigns(&self, out: &mut Emitter<Campaign>) -> Result<()> {
        Ok(())
    }

    #[children_of(campaigns)]
    fn groups(&self, campaign: &Campaign, since: Option<Date>, out: &mut Emitter<Group>) -> Result<()> {
        Ok(())
    }
}
