use airbyte_sdk::{AirbyteSpec, Emitter, Result, airbyte_source};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
}

#[airbyte_source]
fn fetch<T>(config: &Config, out: &mut Emitter<T>) -> Result<()> {
    Ok(())
}
