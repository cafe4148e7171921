//! # OAuth 2.0 by the connector's own ID and secret
//!
//! The sign-in may be described anew for each stream: one that is described alike has one token for the whole run. A new
//! one is asked for before it ends, or when it is refused.

use airbyte_sdk::{AirbyteSpec, Http, Result, Secret, http::OAuth2};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(title = "Client ID")]
    pub client_id: String,
    pub client_secret: Secret,
    #[airbyte(default = "https://shop.example", hidden)]
    pub api_url: String,
}

fn shop(config: &Config, http: &Http) -> Http {
    let token_url = format!("{}/oauth/token", config.api_url);
    let oauth2 = OAuth2::client_credentials(token_url, &config.client_id, &config.client_secret);
    http.base_url(&config.api_url).auth(oauth2.scope("orders.read").scope("visits.read"))
}

pub fn counts(config: &Config, http: &Http) -> Result<(u64, u64)> {
    let orders = shop(config, http).get("/orders/count").json()?;
    Ok((orders, shop(config, http).get("/visits/count").json()?))
}
