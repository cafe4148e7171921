use airbyte_sdk::{AirbyteSpec, Date, Emitter, Http, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    cities: Vec<String>,
    cities_per_request: u32,
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

#[airbyte_stream(name = "rivers")]
struct River {
    name: String,
}

#[airbyte_stream(name = "parks")]
struct Park {
    name: String,
}

#[airbyte_source]
impl Config {
    fn cities(&self, _http: &Http) -> Result<Vec<String>> {
        Ok(self.cities.clone())
    }

    #[partitions(cities, groups_of = 0)]
    fn days(&self, _cities: &[String], _since: Option<Date>, _out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }

    #[partitions(cities, groups_of = config.cities_per_request)]
    fn nights(&self, _cities: &[String], _since: Option<Date>, _out: &mut Emitter<Night>) -> Result<()> {
        Ok(())
    }

    #[partitions(cities, groups_of = 50)]
    fn weeks(&self, _city: &str, _since: Option<Date>, _out: &mut Emitter<Week>) -> Result<()> {
        Ok(())
    }

    #[partitions(cities, groups_of = 50)]
    fn streets(&self, _cities: &Vec<String>, _out: &mut Emitter<Street>) -> Result<()> {
        Ok(())
    }

    #[partitions(cities, groups_of = 50)]
    fn rivers(&self, _out: &mut Emitter<River>) -> Result<()> {
        Ok(())
    }

    #[partitions(cities)]
    fn parks(&self, _cities: &[String], _out: &mut Emitter<Park>) -> Result<()> {
        Ok(())
    }
}
