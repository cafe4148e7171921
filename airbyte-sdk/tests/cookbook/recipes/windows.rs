//! # Windows
//!
//! For an API that limits the range of a request. `windows` splits the time from `since` until now into steps, and `checkpoint`
//! declares that everything before the end of a window was emitted. So the next read resumes there if this one breaks off, although
//! the API returns the orders of a window in any order. [Windows][windows] has the details: inclusive ends, time zones, numbers.

use airbyte_sdk::http::Pagination;
use airbyte_sdk::jiff::ToSpan;
use airbyte_sdk::{AirbyteSpec, Date, Deserialize, Emitter, Result, Timestamp, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
    /// The first day to read
    pub start_date: Date,
}

#[airbyte_stream(name = "orders", primary_key(id), cursor = updated_at)]
#[derive(Deserialize)]
pub struct Order {
    id: u64,
    updated_at: Timestamp,
}

pub fn fetch(config: &Config, since: Option<Timestamp>, out: &mut Emitter<Order>) -> Result<()> {
    let api = out.http().base_url(&config.api_url);
    for window in out.windows(since, config.start_date).steps(30.days())? {
        let orders = api.get("/orders").query("from", window.start()).query("before", window.end());
        for order in orders.elements("orders").paginate(Pagination::page_number("page", 1)) {
            out.emit(order?)?;
        }
        out.checkpoint(window.end())?;
    }
    Ok(())
}
