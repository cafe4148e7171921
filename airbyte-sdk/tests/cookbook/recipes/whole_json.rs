//! # An answer as a whole
//!
//! `json` reads the answer into a type, and asks again if it breaks off. What the type does not name is passed over; a
//! value of another shape is an error that names its place.

use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
pub struct Account {
    pub name: String,
    #[serde(rename = "openOrders", default)]
    pub open_orders: Vec<u64>,
    pub plan: Option<String>,
}

pub fn account(http: &Http, base: &str, name: &str) -> Result<Account> {
    http.base_url(base).get("/account").query("name", name).json()
}
