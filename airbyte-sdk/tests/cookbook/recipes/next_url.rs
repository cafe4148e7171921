//! # The next page's URL in the body
//!
//! `pages` asks for one page after the other, as long as a page names the next. Only its path and query are taken: it is
//! asked for at the origin of the first, so that a key never goes to a host that an answer has chosen.

use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
struct Page {
    orders: Vec<Order>,
    next: Option<String>,
}

#[derive(Deserialize)]
pub struct Order {
    pub id: u64,
}

pub fn orders(http: &Http, base: &str) -> Result<Vec<Order>> {
    let mut orders = Vec::new();
    for page in http.base_url(base).get("/orders").pages(|page: &Page| page.next.clone()) {
        orders.extend(page?.orders);
    }
    Ok(orders)
}
