use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_source(partition_key = "city_id")]
fn fetch(_config: &Config, _since: Option<Date>, _out: &mut Emitter<Day>) -> Result<()> {
    Ok(())
}
