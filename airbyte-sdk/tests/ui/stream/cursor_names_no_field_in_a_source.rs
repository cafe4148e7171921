use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, airbyte_source, airbyte_stream};

#[airbyte_stream(name = "days", cursor = date)]
struct Day {
    day: Date,
}

#[derive(AirbyteSpec)]
struct Config {}

#[airbyte_source]
impl Config {
    fn days(&self, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
        out.emit(Day { day: since.unwrap_or(Date::MIN) })
    }
}
