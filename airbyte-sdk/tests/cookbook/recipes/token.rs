//! # Token or cursor in the body
//!
//! `Pagination::token` sends the token of each page as a query parameter of the next request. The other parameters stay. After the
//! last page the token is `None`, null or an empty string.

use airbyte_sdk::http::Pagination;
use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Result, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "orders", primary_key(id))]
#[derive(Deserialize)]
pub struct Order {
    id: u64,
}

#[derive(Deserialize)]
struct Page {
    next_token: Option<String>,
}

pub fn fetch(config: &Config, out: &mut Emitter<Order>) -> Result<()> {
    // {"orders": [{"id": 1}, …], "next_token": "t-2"}
    let request = out.http().base_url(&config.api_url).get("/orders").query("status", "paid & sent");
    let next = Pagination::token("page_token", |page: &Page| page.next_token.clone());
    for order in request.elements("orders").paginate(next) {
        out.emit(order?)?;
    }
    Ok(())
}
