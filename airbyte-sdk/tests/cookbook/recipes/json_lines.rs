//! # JSON Lines
//!
//! A value in each line, handed out while the answer arrives. Blank lines are passed over; an error names the line.

use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
pub struct Event {
    pub id: u64,
    pub kind: String,
}

pub fn events(http: &Http, base: &str) -> Result<impl Iterator<Item = Result<Event>>> {
    Ok(http.base_url(base).get("/export.jsonl").json_lines())
}
