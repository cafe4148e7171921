//! # Offset and limit
//!
//! `Pagination::offset` sends the number of records read so far. It counts the records that arrived, so none is skipped if the API
//! returns fewer than the limit. Without `page_size`, the last page is one without elements.

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

pub fn fetch(config: &Config, out: &mut Emitter<Order>) -> Result<()> {
    let request = out.http().base_url(&config.api_url).get("/orders").query("limit", 100);
    for order in request.elements("orders").paginate(Pagination::offset("offset")) {
        out.emit(order?)?;
    }
    Ok(())
}
