//! # Pages by offset
//!
//! `offset_pages` says how many records came before, by counting them: a service may send fewer than the limit allows,
//! and none is left out. A page without records is the end.

use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
struct Page {
    orders: Vec<Order>,
}

#[derive(Deserialize)]
pub struct Order {
    pub id: u64,
}

pub fn orders(http: &Http, base: &str) -> Result<Vec<Order>> {
    let request = http.base_url(base).get("/orders").query("limit", 2);
    let mut orders = Vec::new();
    for page in request.offset_pages("offset", |page: &Page| page.orders.len()) {
        orders.extend(page?.orders);
    }
    Ok(orders)
}
