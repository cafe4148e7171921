//! # A report that takes time
//!
//! `send` returns every response with a status below 300, so a loop can poll. Elsewhere a GET that is answered with 202 is a
//! transient error: the request was accepted, and the result is not there. (The answer to a POST may have that status: it
//! says where the report will be.)

use airbyte_sdk::{Deserialize, Error, Http, Result};
use std::time::Duration;

#[derive(Deserialize)]
struct Job {
    id: u64,
}

#[derive(Deserialize)]
pub struct Sale {
    pub id: u64,
}

pub fn sales(http: &Http, base: &str) -> Result<impl Iterator<Item = Result<Sale>>> {
    let http = http.base_url(base);
    let job: Job = http.post("/reports").json()?;
    for _ in 0..60 {
        let response = http.get(format!("/reports/{}", job.id)).send()?;
        if response.status() != 202 {
            return Ok(response.json_lines());
        }
        let wait = response.header("Retry-After").and_then(|wait| wait.parse().ok());
        std::thread::sleep(Duration::from_secs(wait.unwrap_or(10)));
    }
    Err(Error::transient("the report is not ready"))
}
