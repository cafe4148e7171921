//! # A choice of methods
//!
//! An enum in the configuration is a drop-down in the form: each variant has its own fields. Match on it where the client is built.

use airbyte_sdk::http::{Auth, OAuth2};
use airbyte_sdk::{AirbyteSpec, ConfigValue, Http, Result, Secret};

#[derive(AirbyteSpec)]
pub struct Config {
    pub credentials: Credentials,
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[derive(ConfigValue)]
#[airbyte(tag = "auth_type")]
pub enum Credentials {
    #[airbyte(title = "API token")]
    Token { api_token: Secret },
    #[airbyte(title = "User name and password")]
    Password { user: String, password: Secret },
    #[airbyte(title = "OAuth 2.0")]
    Oauth { client_id: String, client_secret: Secret, refresh_token: Secret },
}

fn shop(config: &Config, http: &Http) -> Http {
    let auth: Auth = match &config.credentials {
        Credentials::Token { api_token } => Auth::bearer(api_token),
        Credentials::Password { user, password } => Auth::basic(user, password),
        Credentials::Oauth { client_id, client_secret, refresh_token } => {
            let token_url = format!("{}/oauth/token", config.api_url);
            OAuth2::refresh_token(token_url, client_id, refresh_token).client_secret(client_secret).into()
        }
    };
    http.base_url(&config.api_url).auth(auth)
}

pub fn check(config: &Config, http: &Http) -> Result<()> {
    shop(config, http).get("/account").send().map(drop)
}
