use airbyte_sdk::AirbyteSpec;

use airbyte_sdk::{Emitter, Result, Source, airbyte_stream};

#[derive(AirbyteSpec)]
enum Config {
    City { name: String },
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
