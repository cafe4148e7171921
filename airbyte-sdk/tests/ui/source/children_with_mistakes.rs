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
    #[children_of(groups)]
    fn campaigns(&self, group: &Group, out: &mut Emitter<Campaign>) -> Result<()> {
        Ok(())
    }

    #[children_of(campaigns)]
    fn groups(&self, campaign: &Campaign, since: Option<Date>, out: &mut Emitter<Group>) -> Result<()> {
        Ok(())
    }

    #[children_of(campains)]
    fn notes(&self, campaign: Campaign, out: &mut Emitter<Note>) -> Result<()> {
        Ok(())
    }

    #[children_of(campaigns)]
    fn names(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}
