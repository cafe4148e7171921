//! # A bearer token
//!
//! A client that has a `base` signs in there and nowhere else. It is made in one place, and `check` and every stream use
//! it.

use airbyte_sdk::{AirbyteSpec, Http, Result, Secret};

#[derive(AirbyteSpec)]
pub struct Config {
    /// The token of your account
    pub api_token: Secret,
    #[airbyte(default = "https://shop.example", hidden)]
    pub api_url: String,
}

fn shop(config: &Config, http: &Http) -> Http {
    http.base_url(&config.api_url).bearer(&config.api_token)
}

pub fn check(config: &Config, http: &Http) -> Result<()> {
    shop(config, http).get("/account").send().map(drop)
}
