//! # OAuth 2.0 refresh token
//!
//! If the API replaces the refresh token on each use, `rotates` names its path in the configuration. The new token is sent to the
//! platform, which stores it for the next sync, before any other request is made.

use airbyte_sdk::{AirbyteSpec, ConfigValue, Http, Result, Secret, http::OAuth2};

#[derive(AirbyteSpec)]
pub struct Config {
    pub credentials: Credentials,
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[derive(ConfigValue)]
pub struct Credentials {
    #[airbyte(title = "Client ID")]
    pub client_id: String,
    pub client_secret: Secret,
    pub refresh_token: Secret,
}

pub fn check(config: &Config, http: &Http) -> Result<()> {
    let given = &config.credentials;
    let token_url = format!("{}/oauth/token", config.api_url);
    let oauth2 = OAuth2::refresh_token(token_url, &given.client_id, &given.refresh_token)
        .client_secret(&given.client_secret)
        .rotates("credentials.refresh_token");
    http.base_url(&config.api_url).auth(oauth2).get("/account").send().map(drop)
}
