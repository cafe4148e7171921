//! # Authentication with an OAuth 2.0 refresh token
//!
//! `rotates` names the refresh token's place in the configuration, for an API that replaces the token whenever it is used.
//! The new one is sent to the platform, which keeps it for the next sync, before anything else is requested.

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
