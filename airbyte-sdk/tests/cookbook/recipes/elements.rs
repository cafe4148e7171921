//! # A large JSON array
//!
//! `elements` returns each element as soon as it arrives. It needs the memory of one element, however large the response is. The path
//! leads to the array. If the response is cut off, the elements before that stay emitted.

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
    total: f64,
}

pub fn fetch(config: &Config, out: &mut Emitter<Order>) -> Result<()> {
    // {"data": {"orders": [{"id": 1, "total": 1.5}, …]}}
    for order in out.http().base_url(&config.api_url).get("/orders").elements("data.orders") {
        out.emit(order?)?;
    }
    Ok(())
}
