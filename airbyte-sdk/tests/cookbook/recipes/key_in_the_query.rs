//! # API key in the query
//!
//! Use `Auth::api_key_query` rather than `query`: the key is then added to every page, even if the API's next-page URL lacks it, and
//! is never logged.

use airbyte_sdk::http::{Auth, Pagination};
use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Result, Secret, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    /// The API key of your account
    pub api_key: Secret,
    #[airbyte(default = "https://weather.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "days")]
#[derive(Deserialize)]
pub struct Day {
    degrees: f64,
}

#[derive(Deserialize)]
struct Page {
    next: Option<String>,
}

pub fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
    let auth = Auth::api_key_query("api_key", &config.api_key);
    let days = out.http().base_url(&config.api_url).auth(auth).get("/days").elements("days");
    for day in days.paginate(Pagination::next_url(|page: &Page| page.next.clone())) {
        out.emit(day?)?;
    }
    Ok(())
}
