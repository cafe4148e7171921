//! # By offset
//!
//! `offset_elements` says how many elements came before, by counting them: a service may send fewer than the limit allows,
//! and none is left out. A page without elements is the end. What a page says around its array can be held against it here
//! as well.

use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
struct Page {
    count: u64,
}

#[derive(Deserialize)]
pub struct Order {
    pub id: u64,
}

pub fn orders(http: &Http, base: &str) -> Result<impl Iterator<Item = Result<Order>>> {
    let request = http.base_url(base).get("/orders").query("limit", 5000);
    Ok(request.offset_elements("orders", "offset").verify_count(|page: &Page| Some(page.count)))
}
