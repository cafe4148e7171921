use airbyte_sdk::{AirbyteSpec, Emitter, Result, Source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
}

#[airbyte_stream(name = "days", cursor = dya)]
struct Day {
    day: String,
}

fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
    out.emit(Day { day: config.city.clone() })
}

fn source() -> Source<Config> {
    Source::new("source-days", "1.0.0").full_refresh(fetch)
}

fn main() {}
