//! # User name and password
//!
//! HTTP basic authentication. If the API takes a key as the user name, the password is usually empty or fixed.

use airbyte_sdk::{AirbyteSpec, Http, Result, Secret, http::Auth};

#[derive(AirbyteSpec)]
pub struct Config {
    pub user: String,
    pub password: Secret,
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

fn shop(config: &Config, http: &Http) -> Http {
    http.base_url(&config.api_url).auth(Auth::basic(&config.user, &config.password))
}

pub fn check(config: &Config, http: &Http) -> Result<()> {
    shop(config, http).get("/account").send().map(drop)
}
