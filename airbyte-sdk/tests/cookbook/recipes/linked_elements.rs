//! # By the next page's URL in a `Link` header
//!
//! `linked_elements` is `linked_pages` for pages of any size. The path is empty where the whole answer is the array.

use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
pub struct Issue {
    pub title: String,
}

pub fn issues(http: &Http, base: &str) -> Result<impl Iterator<Item = Result<Issue>>> {
    Ok(http.base_url(base).get("/issues").query("per_page", 100).linked_elements(""))
}
