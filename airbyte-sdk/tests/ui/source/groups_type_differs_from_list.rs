use airbyte_sdk::{AirbyteSpec, Date, Emitter, Http, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    cities: Vec<String>,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_source]
impl Config {
    fn cities(&self, _http: &Http) -> Result<Vec<String>> {
        Ok(self.cities.clone())
    }

    #[partitions(cities, groups_of = 50)]
    fn days(&self, _cities: &[u64], _since: Option<Date>, _out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }
}
