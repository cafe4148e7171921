use airbyte_sdk::{Emitter, Result, Source, airbyte_stream};

struct Config {
    city: String,
}

fn fetch(_: &Config, _: &mut Emitter<Day>) -> Result<()> {
    Ok(())
}

#[airbyte_stream(name = "days")]
struct Day {
    day: String,
}

fn source() -> Source<Config> {
    Source::new("source-days", "1.0.0").full_refresh(fetch)
}

fn main() {}
