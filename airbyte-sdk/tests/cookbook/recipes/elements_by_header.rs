//! # By a token in a header
//!
//! `elements_by_header` takes the token out of a header of the answer and puts it into a parameter of the next request. An
//! answer without the header is the last.

use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
pub struct Visit {
    pub id: u64,
}

pub fn visits(http: &Http, base: &str) -> Result<impl Iterator<Item = Result<Visit>>> {
    let request = http.base_url(base).get("/visits").query("limit", 5000);
    Ok(request.elements_by_header("visits", "X-Next-Cursor", "cursor"))
}
