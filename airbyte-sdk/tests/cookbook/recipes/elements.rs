//! # A large array, while it arrives
//!
//! `elements` hands out each element as soon as it is there, and memory stays that of one, however large the answer is. The
//! path leads to the array. If the answer breaks off, the elements that came before stand.

use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
pub struct Order {
    pub id: u64,
    pub total: f64,
}

pub fn orders(http: &Http, base: &str) -> Result<impl Iterator<Item = Result<Order>>> {
    Ok(http.base_url(base).get("/orders").elements("data.orders"))
}
