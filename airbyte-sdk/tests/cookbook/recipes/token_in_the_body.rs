//! # A token for the next page in the body
//!
//! `NextPage::query` puts the token into a parameter of the same request, in place of the one before; the other
//! parameters stay. A token that is null, empty or not there ends it.

use airbyte_sdk::{Deserialize, Http, Result, http::NextPage};

#[derive(Deserialize)]
struct Page {
    orders: Vec<Order>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
pub struct Order {
    pub id: u64,
}

pub fn orders(http: &Http, base: &str) -> Result<Vec<Order>> {
    let request = http.base_url(base).get("/orders").query("status", "paid & sent");
    let next = |page: &Page| page.next_token.as_ref().map(|token| NextPage::query("page_token", token));
    let mut orders = Vec::new();
    for page in request.pages(next) {
        orders.extend(page?.orders);
    }
    Ok(orders)
}
