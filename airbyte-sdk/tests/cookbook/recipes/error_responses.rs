//! # Error responses
//!
//! By default the HTTP status determines the kind of an error. `map_error_response` overrides kind and message for one API; `None` keeps
//! the default. Transient errors are retried, as after a 503. Config and system errors are not.

use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Error, Http, Result, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "sales")]
#[derive(Deserialize)]
pub struct Sale {
    amount: f64,
}

fn shop(config: &Config, http: &Http) -> Http {
    http.base_url(&config.api_url).map_error_response(|response| match response.status() {
        // This API sends 404 instead of 202.
        404 if response.body()["code"] == "pending" => Some(Error::transient("the report is not ready yet")),
        402 => Some(Error::config("your plan does not include reports; choose another one")),
        // This API sends 500 for an unknown store.
        500 if response.message()?.contains("no such store") => Some(Error::config("there is no such store")),
        _ => None,
    })
}

pub fn fetch(config: &Config, out: &mut Emitter<Sale>) -> Result<()> {
    for sale in shop(config, &out.http()).get("/reports/sales").elements("") {
        out.emit(sale?)?;
    }
    Ok(())
}
