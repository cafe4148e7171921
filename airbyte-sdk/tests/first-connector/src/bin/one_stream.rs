//! Weather stations and the temperatures they measured.

use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Result, Secret, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    /// The API key of your account
    api_key: Secret,
    /// The base URL of the API, for tests
    #[airbyte(default = "https://weather.example", url, hidden)]
    api_url: String,
}

/// A weather station.
#[airbyte_stream(name = "stations", primary_key(id))]
#[derive(Deserialize)]
struct Station {
    id: u64,
    name: String,
}

#[airbyte_source]
fn stations(config: &Config, out: &mut Emitter<Station>) -> Result<()> {
    let api = out.http().base_url(&config.api_url).bearer(&config.api_key);
    // {"stations": [{"id": 1, "name": "Bergen"}, …]}
    for station in api.get("/stations").elements("stations") {
        out.emit(station?)?;
    }
    Ok(())
}
