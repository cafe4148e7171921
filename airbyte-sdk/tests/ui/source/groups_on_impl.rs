use airbyte_sdk::{AirbyteSpec, Date, Emitter, Http, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    cities: Vec<String>,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_source(groups_of = 50)]
impl Config {
    fn cities(&self, _http: &Http) -> Result<Vec<String>> {
        Ok(self.cities.clone())
    }

    #[partitions(cities)]
    fn days(&self, _city: &str, _since: Option<Date>, _out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }
}
