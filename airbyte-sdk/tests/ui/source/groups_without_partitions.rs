use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    cities: Vec<String>,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_source(groups_of = 50)]
fn fetch(_config: &Config, _since: Option<Date>, _out: &mut Emitter<Day>) -> Result<()> {
    Ok(())
}
