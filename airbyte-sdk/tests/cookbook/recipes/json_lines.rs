//! # JSON Lines (NDJSON)
//!
//! `json_lines` parses each line as soon as it arrives. Blank lines are skipped. An error names the line.

use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Result, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "events", primary_key(id))]
#[derive(Deserialize)]
pub struct Event {
    id: u64,
    kind: String,
}

pub fn fetch(config: &Config, out: &mut Emitter<Event>) -> Result<()> {
    for event in out.http().base_url(&config.api_url).get("/export.jsonl").json_lines() {
        out.emit(event?)?;
    }
    Ok(())
}
