//! # A key in the query
//!
//! By `Auth::api_key_query` rather than `query`: the key goes with every page, also if the service names the next one by a
//! URL without it, and is never seen in a log.

use airbyte_sdk::{AirbyteSpec, Deserialize, Http, Result, Secret, http::Auth};

#[derive(AirbyteSpec)]
pub struct Config {
    /// The key of your account
    pub api_key: Secret,
    #[airbyte(default = "https://weather.example", hidden)]
    pub api_url: String,
}

#[derive(Deserialize)]
struct Page {
    degrees: Vec<f64>,
    next: Option<String>,
}

pub fn degrees(config: &Config, http: &Http) -> Result<Vec<f64>> {
    let weather = http.base_url(&config.api_url).auth(Auth::api_key_query("api_key", &config.api_key));
    let mut degrees = Vec::new();
    for page in weather.get("/days").pages(|page: &Page| page.next.clone()) {
        degrees.extend(page?.degrees);
    }
    Ok(degrees)
}
