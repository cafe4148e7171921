//! # Filtering by the cursor
//!
//! For an API that always returns everything, in any order: emit only the records from `since` on. The position moves at the end of
//! the read, to the time at which it began, minus the settling time. So records that change while the pages are being read are read
//! by the next sync.

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

pub fn fetch(config: &Config, since: Option<Timestamp>, out: &mut Emitter<Order>) -> Result<()> {
    let orders = out.http().base_url(&config.api_url).get("/orders").elements("orders");
    for order in orders.paginate(Pagination::page_number("page", 1)) {
        let order: Order = order?;
        if since.is_none_or(|since| order.updated_at >= since) {
            out.emit(order)?;
        }
    }
    out.checkpoint(out.started_at())
}
