//! # When a response counts as complete
//!
//! A state covers all records before it, so a response that may be incomplete is an error. If the API means something else,
//! declare it:
//!
//! | The API | By default | To accept it |
//! | --- | --- | --- |
//! | responds with 204 if there is no data | error, as for 202, 205, 206, 207, … | `accept_status(204)` |
//! | omits an array that is empty | error, with the API's message if there is one | `allow_missing_array` |
//! | writes `null` for an empty array | no elements; an error beside `error` or `errors` | `allow_missing_array` |
//! | returns several identical pages in a row | error | `allow_repeated_pages` |
//! | ends a body by closing the connection, without a length or chunks | error for CSV, JSON Lines and a bare JSON number | `allow_unframed_body` |
//!
//! With `allow_unframed_body`, missing rows at the end go unnoticed. It is not needed for JSON arrays and objects, for gzip, or
//! if TLS ends with `close_notify`: these show that they are complete. A reset connection, an unclosed CSV quote and truncated
//! gzip are always errors.
//!
//! Text that is not UTF-8 is decoded as its `Content-Type` declares (`charset=ISO-8859-1`, `windows-1252`, `utf-16`). Any other
//! charset is an error that names it. `charset` on the request overrides the header.

use airbyte_sdk::http::Pagination;
use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Result, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "visits")]
#[derive(Deserialize)]
pub struct Visit {
    id: u64,
}

pub fn fetch_lines(config: &Config, out: &mut Emitter<Visit>) -> Result<()> {
    let request = out.http().base_url(&config.api_url).get("/visits.jsonl");
    for visit in request.accept_status(204).allow_unframed_body().json_lines() {
        out.emit(visit?)?;
    }
    Ok(())
}

pub fn fetch_pages(config: &Config, out: &mut Emitter<Visit>) -> Result<()> {
    let request = out.http().base_url(&config.api_url).get("/visits");
    let pagination = Pagination::page_number("page", 1).allow_repeated_pages();
    for visit in request.elements("visits").allow_missing_array().paginate(pagination) {
        out.emit(visit?)?;
    }
    Ok(())
}
