use airbyte_sdk::{AirbyteSpec, Emitter, Result, airbyte_source, airbyte_stream};

#[airbyte_stream(name = "measurements", cursor = value)]
struct Measurement {
    value: f64,
}

#[derive(AirbyteSpec)]
struct Config {}

#[airbyte_source]
fn fetch(_config: &Config, since: Option<f64>, out: &mut Emitter<Measurement>) -> Result<()> {
    out.emit(Measurement { value: since.unwrap_or_default() })
}
