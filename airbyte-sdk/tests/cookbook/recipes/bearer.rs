//! # Bearer token
//!
//! A client with a `base_url` sends its credentials to that URL and nowhere else. Build it in one function, and call that in `check`
//! and in every stream.

use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Http, Result, Secret, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    /// The API token of your account
    pub api_token: Secret,
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "orders", primary_key(id))]
#[derive(Deserialize)]
pub struct Order {
    id: u64,
}

fn shop(config: &Config, http: &Http) -> Http {
    http.base_url(&config.api_url).bearer(&config.api_token)
}

pub fn check(config: &Config, http: &Http) -> Result<()> {
    shop(config, http).get("/account").send().map(drop)
}

pub fn fetch(config: &Config, out: &mut Emitter<Order>) -> Result<()> {
    for order in shop(config, &out.http()).get("/orders").elements("") {
        out.emit(order?)?;
    }
    Ok(())
}
