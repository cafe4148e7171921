use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    account: String,
}

#[airbyte_stream(name = "campaigns", primary_key(id))]
struct Campaign {
    id: u64,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_stream(name = "nights", cursor = day)]
struct Night {
    day: Date,
}

#[airbyte_stream(name = "weeks", cursor = day)]
struct Week {
    day: Date,
}

#[airbyte_stream(name = "streets")]
struct Street {
    name: String,
}

#[airbyte_source]
impl Config {
    fn campaigns(&self, _out: &mut Emitter<Campaign>) -> Result<()> {
        Ok(())
    }

    #[children_of(campaigns, kye = "campaign_id")]
    fn days(&self, _campaign: &Campaign, _since: Option<Date>, _out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }

    #[children_of(campaigns, key = campaign_id)]
    fn nights(&self, _campaign: &Campaign, _since: Option<Date>, _out: &mut Emitter<Night>) -> Result<()> {
        Ok(())
    }

    #[children_of(campaigns, key = "parent_slice")]
    fn weeks(&self, _campaign: &Campaign, _since: Option<Date>, _out: &mut Emitter<Week>) -> Result<()> {
        Ok(())
    }

    #[children_of(campaigns, key = "campaign_id")]
    fn streets(&self, _campaign: &Campaign, _out: &mut Emitter<Street>) -> Result<()> {
        Ok(())
    }
}
