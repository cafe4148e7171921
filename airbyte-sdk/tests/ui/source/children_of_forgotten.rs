#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Emitter, Http, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    account: String,
}

#[airbyte_stream(name = "campaigns", primary_key(id))]
struct Campaign {
    id: u64,
}

#[airbyte_stream(name = "groups", cursor = day)]
struct Group {
    day: Date,
}

#[airbyte_stream(name = "notes")]
struct Note {
    text: String,
}

#[airbyte_source]
impl Config {
    fn accounts(&self, http: &Http) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn campaigns(&self, out: &mut Emitter<Campaign>) -> Result<()> {
        Ok(())
    }

    fn groups(&self, campaign: &Campaign, since: Option<Date>, out: &mut Emitter<Group>) -> Result<()> {
        Ok(())
    }

    #[partitions(accounts)]
    fn notes(&self, account: &str, out: &mut Emitter<Note>) -> Result<()> {
        Ok(())
    }
}
