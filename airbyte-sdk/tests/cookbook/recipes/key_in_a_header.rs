//! # A key in a header
//!
//! By `Auth::api_key_header` rather than `header`: what is signed in with goes nowhere but to the `base`, and is blanked in
//! every message.

use airbyte_sdk::{AirbyteSpec, Http, Result, Secret, http::Auth};

#[derive(AirbyteSpec)]
pub struct Config {
    /// The key of your account
    pub api_key: Secret,
    #[airbyte(default = "https://shop.example", hidden)]
    pub api_url: String,
}

fn shop(config: &Config, http: &Http) -> Http {
    http.base_url(&config.api_url).auth(Auth::api_key_header("X-Api-Key", &config.api_key))
}

pub fn check(config: &Config, http: &Http) -> Result<()> {
    shop(config, http).get("/account").send().map(drop)
}
