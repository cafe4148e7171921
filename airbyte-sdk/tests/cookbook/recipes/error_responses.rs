//! # What an error response means
//!
//! The HTTP status says who must act. `map_error_response` overrides that for one API: which kind of error it is, and how it
//! is worded. `None` keeps the default. A transient error is retried, as after a 503; config errors and system errors are
//! not.

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
        // This API has no 202.
        404 if response.body()["code"] == "pending" => Some(Error::transient("the report is not ready yet")),
        402 => Some(Error::config("the plan of the account has no reports; choose another one")),
        // A server error, it says, if there is no such store.
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
