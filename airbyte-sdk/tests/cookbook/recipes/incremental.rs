//! # Incremental reads
//!
//! A fetch function that takes `since` is incremental. `since` is `None` in the first sync, and then the highest cursor that was
//! read. It is inclusive: request records from that value on (`>=`, not `>`), since more records with the same value may have
//! appeared. Reading a record twice is harmless, skipping one is not. If the API only has "after", subtract one unit of its
//! resolution from `since`.
//!
//! With `order = ascending`, the SDK sends states during the read, and a sync that breaks off resumes at the last one. The API must
//! sort by the cursor: a record out of order is an error. Without `order`, the state is sent at the end of the read,
//! unless the fetch function sets checkpoints: see the next recipe.

use airbyte_sdk::http::Pagination;
use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Result, Timestamp, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "orders", primary_key(id), cursor = updated_at, order = ascending)]
#[derive(Deserialize)]
pub struct Order {
    id: u64,
    updated_at: Timestamp,
}

pub fn fetch(config: &Config, since: Option<Timestamp>, out: &mut Emitter<Order>) -> Result<()> {
    let mut request = out.http().base_url(&config.api_url).get("/orders").query("sort", "updated_at");
    if let Some(since) = since {
        request = request.query("updated_at_min", since);
    }
    for order in request.elements("orders").paginate(Pagination::page_number("page", 1)) {
        out.emit(order?)?;
    }
    Ok(())
}
