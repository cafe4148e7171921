//! # Newest records first
//!
//! For an API that sorts descending and cannot filter: read until a page has a record before `since`. The stream has no `order`, so
//! its position stays at `since` until the end of the read; if the read breaks off, the next one starts from the newest record again.
//! Set no checkpoint before the end: the records between `since` and the last page are still missing.
//!
//! The checkpoint at the end moves the position to the time at which the read began, minus the settling time, even if there were no
//! records. Read whole pages: a page of `elements` that is left early may be incomplete, so it would hold the position.

use airbyte_sdk::http::Pagination;
use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Result, Timestamp, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "orders", primary_key(id), cursor = updated_at)]
#[derive(Deserialize)]
pub struct Order {
    id: u64,
    updated_at: Timestamp,
}

#[derive(Deserialize)]
struct Page {
    orders: Vec<Order>,
    next: Option<String>,
}

pub fn fetch(config: &Config, since: Option<Timestamp>, out: &mut Emitter<Order>) -> Result<()> {
    let request = out.http().base_url(&config.api_url).get("/orders").query("sort", "-updated_at");
    for page in request.pages(Pagination::next_url(|page: &Page| page.next.clone())) {
        let is_known = |order: &Order| since.is_some_and(|since| order.updated_at < since);
        let (known, new): (Vec<Order>, Vec<Order>) = page?.orders.into_iter().partition(is_known);
        for order in new {
            out.emit(order)?;
        }
        if !known.is_empty() {
            break;
        }
    }
    out.checkpoint(out.started_at())
}
