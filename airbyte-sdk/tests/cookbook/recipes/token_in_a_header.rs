//! # A token for the next page in a header
//!
//! `pages_by_header` takes the token out of a header of the answer and puts it into a parameter of the next request. An
//! answer without the header is the last.

use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
pub struct Visit {
    pub id: u64,
}

pub fn visits(http: &Http, base: &str) -> Result<Vec<Visit>> {
    let request = http.base_url(base).get("/visits").query("limit", 2);
    let mut visits = Vec::new();
    for page in request.pages_by_header::<Vec<Visit>>("X-Next-Cursor", "cursor") {
        visits.extend(page?);
    }
    Ok(visits)
}
