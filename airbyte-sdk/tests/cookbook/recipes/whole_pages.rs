//! # Pages as a whole
//!
//! `pages` parses each page into a type, for records that depend on the rest of their page. It takes the same paginations. If the
//! pagination counts records, `records` returns how many a page has.

use airbyte_sdk::http::Pagination;
use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Result, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://weather.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "temperatures", primary_key(station, hour))]
pub struct Temperature {
    station: String,
    hour: u64,
    celsius: f64,
}

#[derive(Deserialize)]
struct Page {
    station: String,
    hours: Vec<u64>,
    celsius: Vec<f64>,
}

pub fn fetch(config: &Config, out: &mut Emitter<Temperature>) -> Result<()> {
    // {"station": "Bergen", "hours": [1, 2, …], "celsius": [11.5, 12.0, …]}
    let request = out.http().base_url(&config.api_url).get("/temperatures");
    let pagination = Pagination::page_number("page", 0).page_size("size", 24);
    for page in request.pages(pagination.records(|page: &Page| page.hours.len())) {
        let Page { station, hours, celsius } = page?;
        for (hour, celsius) in hours.into_iter().zip(celsius) {
            out.emit(Temperature { station: station.clone(), hour, celsius })?;
        }
    }
    Ok(())
}
