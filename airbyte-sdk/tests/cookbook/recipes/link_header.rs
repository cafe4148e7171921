//! # The next page's URL in a `Link` header
//!
//! `linked_pages` follows the link with `rel="next"`, and leaves the body to the records.

use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
pub struct Issue {
    pub title: String,
}

pub fn issues(http: &Http, base: &str) -> Result<Vec<Issue>> {
    let mut issues = Vec::new();
    for page in http.base_url(base).get("/issues").query("per_page", 100).linked_pages::<Vec<Issue>>() {
        issues.extend(page?);
    }
    Ok(issues)
}
