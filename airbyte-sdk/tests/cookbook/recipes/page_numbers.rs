//! # Pages by number
//!
//! `numbered_pages` counts from the number it is given, until a page has no records. A service that sends the same page
//! whatever the number is an error, not an endless read.

use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
pub struct Visit {
    pub id: u64,
}

pub fn visits(http: &Http, base: &str) -> Result<Vec<Visit>> {
    let request = http.base_url(base).get("/visits").query("per_page", 2);
    let mut visits = Vec::new();
    for page in request.numbered_pages("page", 1, |page: &Vec<Visit>| page.len()) {
        visits.extend(page?);
    }
    Ok(visits)
}
