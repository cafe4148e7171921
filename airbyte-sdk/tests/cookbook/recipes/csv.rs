//! # CSV
//!
//! Needs the feature `csv`. Each row is parsed into a struct whose fields have the names of the columns. An empty cell is `None`.

use airbyte_sdk::{AirbyteSpec, Date, Deserialize, Emitter, Result, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "sales")]
pub struct Sale {
    day: Date,
    amount: Option<f64>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "Day")]
    day: Date,
    #[serde(rename = "Amount in euros")]
    amount: Option<f64>,
}

pub fn fetch(config: &Config, out: &mut Emitter<Sale>) -> Result<()> {
    for row in out.http().base_url(&config.api_url).get("/sales.csv").csv() {
        let Row { day, amount } = row?;
        out.emit(Sale { day, amount })?;
    }
    Ok(())
}
