//! # OAuth 2.0 client credentials
//!
//! Every stream may build its own client: the same credentials share one access token for the whole run. It is renewed before it
//! expires, and when the API rejects it.

use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Http, Result, Secret, airbyte_stream, http::OAuth2};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(title = "Client ID")]
    pub client_id: String,
    pub client_secret: Secret,
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "orders", primary_key(id))]
#[derive(Deserialize)]
pub struct Order {
    id: u64,
}

#[airbyte_stream(name = "visits", primary_key(id))]
#[derive(Deserialize)]
pub struct Visit {
    id: u64,
}

pub fn shop(config: &Config, http: &Http) -> Http {
    let token_url = format!("{}/oauth/token", config.api_url);
    let oauth2 = OAuth2::client_credentials(token_url, &config.client_id, &config.client_secret);
    http.base_url(&config.api_url).auth(oauth2.scope("orders.read").scope("visits.read"))
}

pub fn orders(config: &Config, out: &mut Emitter<Order>) -> Result<()> {
    for order in shop(config, &out.http()).get("/orders").elements("") {
        out.emit(order?)?;
    }
    Ok(())
}

pub fn visits(config: &Config, out: &mut Emitter<Visit>) -> Result<()> {
    for visit in shop(config, &out.http()).get("/visits").elements("") {
        out.emit(visit?)?;
    }
    Ok(())
}
