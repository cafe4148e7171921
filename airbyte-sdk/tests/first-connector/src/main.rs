//! Weather stations and the temperatures they measured.

use airbyte_sdk::http::{ElementPages, Pagination};
use airbyte_sdk::serde_json::Value;
use airbyte_sdk::{AirbyteSpec, Date, Deserialize, DeserializeOwned, Emitter, Http, Result, Secret};
use airbyte_sdk::{airbyte_source, airbyte_stream, log};

#[derive(AirbyteSpec)]
struct Config {
    /// The API key of your account
    api_key: Secret,
    /// The first day to read
    #[airbyte(examples("2026-01-01"))]
    start_date: Date,
    /// The base URL of the API, for tests
    #[airbyte(default = "https://weather.example", url, hidden)]
    api_url: String,
}

/// A weather station.
#[airbyte_stream(name = "stations", primary_key(id))]
#[derive(Deserialize)]
struct Station {
    id: u64,
    name: String,
    /// What the API says about the location, as JSON
    location: Value,
}

/// The mean temperature at a station on one day.
#[airbyte_stream(name = "temperatures", primary_key(station, day), cursor = day, order = ascending)]
struct Temperature {
    station: u64,
    day: Date,
    /// In degrees Celsius; null if the station was out of order
    celsius: Option<f64>,
}

/// An element of the array `days`.
#[derive(Deserialize)]
struct Reading {
    day: Date,
    celsius: Option<f64>,
}

/// The part of each page that is not the array.
#[derive(Deserialize)]
struct Page {
    next: Option<String>,
}

#[airbyte_source]
impl Config {
    fn stations(&self, out: &mut Emitter<Station>) -> Result<()> {
        for station in self.rows(&out.http(), "/stations", "stations") {
            out.emit(station?)?;
        }
        Ok(())
    }

    #[partitions(station_ids)]
    fn temperatures(&self, station: &u64, since: Option<Date>, out: &mut Emitter<Temperature>) -> Result<()> {
        let from = since.unwrap_or(self.start_date);
        log::info!("station {station}: reading from {from}");
        let path = format!("/stations/{station}/days?from={from}");
        for reading in self.rows(&out.http(), &path, "days") {
            let Reading { day, celsius } = reading?;
            out.emit(Temperature { station: *station, day, celsius })?;
        }
        Ok(())
    }

    fn station_ids(&self, http: &Http) -> Result<Vec<u64>> {
        self.rows(http, "/stations", "stations").map(|station| station.map(|Station { id, .. }| id)).collect()
    }

    /// Requests page after page, and returns the elements of the array with this name. (Without `paginate` it would be an
    /// `http::Elements`.)
    fn rows<T: DeserializeOwned>(&self, http: &Http, path: &str, array: &str) -> ElementPages<'static, T> {
        let api = http.base_url(&self.api_url).bearer(&self.api_key);
        // {"days": [{"day": "2026-11-16", "celsius": 4.5}, …], "next": "/stations/1/days?from=2026-11-18"}
        api.get(path).elements(array).paginate(Pagination::next_url(|page: &Page| page.next.clone()))
    }
}

#[cfg(test)]
mod tests;
