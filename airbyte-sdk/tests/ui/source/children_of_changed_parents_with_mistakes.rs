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

#[airbyte_stream(name = "groups", primary_key(day), cursor = day)]
struct Group {
    day: Date,
}

#[airbyte_stream(name = "ads", cursor = day)]
struct Ad {
    day: Date,
}

#[airbyte_stream(name = "notes")]
struct Note {
    text: String,
}

#[airbyte_source]
impl Config {
    fn campaigns(&self, out: &mut Emitter<Campaign>) -> Result<()> {
        Ok(())
    }

    #[children_of(campaigns, changed)]
    fn groups(&self, campaign: &Campaign, since: Option<Date>, out: &mut Emitter<Group>) -> Result<()> {
        Ok(())
    }

    #[children_of(groups, chnged)]
    fn ads(&self, group: &Group, since: Option<Date>, out: &mut Emitter<Ad>) -> Result<()> {
        Ok(())
    }

    #[children_of(groups, changed)]
    fn notes(&self, group: &Group, out: &mut Emitter<Note>) -> Result<()> {
        Ok(())
    }
}
