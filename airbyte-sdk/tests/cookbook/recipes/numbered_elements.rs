//! # By number
//!
//! `numbered_elements` counts from the number it is given, until a page has no elements. A service that sends the same page
//! whatever the number is an error when that page has come a second time.

use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
pub struct Visit {
    pub id: u64,
}

pub fn visits(http: &Http, base: &str) -> Result<impl Iterator<Item = Result<Visit>>> {
    let request = http.base_url(base).get("/visits").query("per_page", 5000);
    Ok(request.numbered_elements("visits", "page", 1))
}
