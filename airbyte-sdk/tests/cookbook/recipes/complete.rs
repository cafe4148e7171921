//! # What is taken for complete
//!
//! A state vouches for all records before it, so a response that may be incomplete is an error. Where an API means
//! something else, say so:
//!
//! | The API | By default | To accept it |
//! | --- | --- | --- |
//! | answers with 204 when there is nothing | error, as for 202, 205, 206, 207, … | `accept_status(204)` |
//! | leaves out an array that is empty | error, with the API's message if there is one | `allow_missing_array` |
//! | writes `null` for an empty array | no elements; an error beside `error` or `errors` | `allow_missing_array` |
//! | has equal pages one after the other | error where pages are counted | `allow_repeated_pages` |
//! | ends a body by closing the connection, with neither a length nor chunks | error for CSV, JSON Lines and a bare JSON number | `allow_unframed_body` |
//!
//! With the last one nothing shows whether rows are missing at the end. It is not needed for JSON arrays and objects,
//! for gzip, nor where TLS ends with `close_notify`: these show that they are complete. A connection that is reset, a
//! CSV quote that is not closed, and gzip that is cut off are errors in any case.
//!
//! A text that is not UTF-8 is decoded as its `Content-Type` declares (`charset=ISO-8859-1`, `windows-1252`, `utf-16`);
//! another charset is an error that names it. `charset` on the request says what the header does not, or says wrongly.

use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
pub struct Visit {
    pub id: u64,
}

pub fn by_line(http: &Http, base: &str) -> Result<impl Iterator<Item = Result<Visit>>> {
    let request = http.base_url(base).get("/visits.jsonl");
    Ok(request.accept_status(204).allow_unframed_body().json_lines())
}

pub fn by_page(http: &Http, base: &str) -> Result<impl Iterator<Item = Result<Visit>>> {
    let pages = http.base_url(base).get("/visits").numbered_elements("visits", "page", 1);
    Ok(pages.allow_missing_array().allow_repeated_pages())
}
