//! # Authentication with a user name and a password
//!
//! HTTP basic authentication. An API that takes a key as the user name expects an empty password, or a fixed one.

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
