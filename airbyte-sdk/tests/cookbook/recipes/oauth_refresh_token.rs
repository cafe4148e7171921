//! # OAuth 2.0 by the refresh token of a user
//!
//! `rotates` names the place of the refresh token in the configuration, for a service that replaces it whenever it is
//! used: the new one is sent to the platform, which keeps it for the next sync, before anything else is done.

use airbyte_sdk::{AirbyteSpec, ConfigValue, Http, Result, Secret, http::OAuth2};

#[derive(AirbyteSpec)]
pub struct Config {
    pub credentials: Credentials,
    #[airbyte(default = "https://shop.example", hidden)]
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
