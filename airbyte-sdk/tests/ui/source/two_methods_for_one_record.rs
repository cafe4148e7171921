use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
}

#[airbyte_stream(name = "days")]
struct Day {
    day: Date,
}

#[airbyte_source]
impl Config {
    fn north(&self, out: &mut Emitter<Day>) -> Result<()> {
        out.emit(Day { day: Date::MIN })
    }

    fn south(&self, out: &mut Emitter<Day>) -> Result<()> {
        out.emit(Day { day: Date::MAX })
    }
}
