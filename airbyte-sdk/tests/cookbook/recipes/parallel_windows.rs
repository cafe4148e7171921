//! # Windows at the same time
//!
//! The same API as above, but several windows are read at the same time: one function lists the windows, the other reads one of
//! them. The state is the same, so a stream can change from one form to the other. In an `impl` block, write
//! `#[windows(windows)]` above `fetch`; on a function, `#[airbyte_source(windows = windows)]`.

use airbyte_sdk::http::Pagination;
use airbyte_sdk::jiff::ToSpan;
use airbyte_sdk::windows::{Steps, Window};
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

pub fn windows(
    config: &Config,
    since: Option<Timestamp>,
    out: &mut Emitter<Order>,
) -> Result<Steps<Timestamp>> {
    out.windows(since, config.start_date).steps(30.days())
}

pub fn fetch(config: &Config, window: &Window<Timestamp>, out: &mut Emitter<Order>) -> Result<()> {
    let orders = out.http().base_url(&config.api_url).get("/orders");
    let orders = orders.query("from", window.start()).query("before", window.end());
    for order in orders.elements("orders").paginate(Pagination::page_number("page", 1)) {
        out.emit(order?)?;
    }
    Ok(())
}
