//! # API key in a header
//!
//! Use `Auth::api_key_header` rather than `header`: the key is then sent to the `base_url` only, and removed from every message.

use airbyte_sdk::{AirbyteSpec, Http, Result, Secret, http::Auth};

#[derive(AirbyteSpec)]
pub struct Config {
    /// The API key of your account
    pub api_key: Secret,
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

fn shop(config: &Config, http: &Http) -> Http {
    http.base_url(&config.api_url).auth(Auth::api_key_header("X-Api-Key", &config.api_key))
}

pub fn check(config: &Config, http: &Http) -> Result<()> {
    shop(config, http).get("/account").send().map(drop)
}
