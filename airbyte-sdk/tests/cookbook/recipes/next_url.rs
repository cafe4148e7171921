//! # Next-page URL in the body
//!
//! `elements` returns the elements of an array as soon as they arrive, and `paginate` continues with the next page. The closure is
//! given what surrounds the array, and returns the URL of the next page; after the last page, `None` or an empty string.
//!
//! Only the path and the query of the URL are used. The next page is requested from the origin of the first one, so the
//! credentials never go to a host chosen by a response.

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
    next: Option<String>,
}

pub fn fetch(config: &Config, out: &mut Emitter<Order>) -> Result<()> {
    // {"orders": [{"id": 1}, …], "next": "https://shop.example/orders?page=2"}
    let orders = out.http().base_url(&config.api_url).get("/orders").elements("orders");
    for order in orders.paginate(Pagination::next_url(|page: &Page| page.next.clone())) {
        out.emit(order?)?;
    }
    Ok(())
}
