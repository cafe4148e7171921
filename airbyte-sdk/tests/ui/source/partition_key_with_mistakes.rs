use airbyte_sdk::{AirbyteSpec, Date, Emitter, Http, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    cities: Vec<String>,
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
    fn cities(&self, _http: &Http) -> Result<Vec<String>> {
        Ok(self.cities.clone())
    }

    #[partitions(cities, kye = "city_id")]
    fn days(&self, _city: &str, _since: Option<Date>, _out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }

    #[partitions(cities, key = city_id)]
    fn nights(&self, _city: &str, _since: Option<Date>, _out: &mut Emitter<Night>) -> Result<()> {
        Ok(())
    }

    #[partitions(cities, key = "")]
    fn weeks(&self, _city: &str, _since: Option<Date>, _out: &mut Emitter<Week>) -> Result<()> {
        Ok(())
    }

    #[partitions(cities, key = "city_id")]
    fn streets(&self, _city: &str, _out: &mut Emitter<Street>) -> Result<()> {
        Ok(())
    }
}
