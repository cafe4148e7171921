//! # A table in CSV
//!
//! With the feature `csv` of the SDK. Each row becomes a struct whose fields are named as the columns are; an empty cell is
//! `None`.

use airbyte_sdk::{Date, Deserialize, Http, Result};

#[derive(Deserialize)]
pub struct Sale {
    #[serde(rename = "Day")]
    pub day: Date,
    #[serde(rename = "Amount in euros")]
    pub amount: Option<f64>,
}

pub fn sales(http: &Http, base: &str) -> Result<impl Iterator<Item = Result<Sale>>> {
    Ok(http.base_url(base).get("/sales.csv").csv())
}
