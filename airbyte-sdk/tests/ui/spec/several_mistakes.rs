use airbyte_sdk::{AirbyteSpec, Emitter, Result, Source, airbyte_stream};

#[derive(AirbyteSpec)]
#[airbyte(groups(place = "Place"), colour = "red")]
struct Config {
    #[airbyte(titel = "City", group = "palce")]
    #[airbyte(pattern_descriptor = "a name")]
    city: String,
    #[airbyte(hidden = true, default = 5)]
    pages: Option<u32>,
    #[airbyte(always_show, hidden, hidden)]
    shop: String,
}

#[airbyte_stream(name = "days")]
struct Day {
    day: String,
}

fn source() -> Source<Config> {
    Source::new("source-days", "1.0.0").full_refresh(fetch)
}

fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
    out.emit(Day { day: config.city.clone() })
}

fn main() {}
