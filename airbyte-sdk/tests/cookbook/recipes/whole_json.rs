//! # A small JSON response
//!
//! `json` parses the whole response into a type, and retries the request if the response is cut off. Members without a field are ignored.
//! A value of the wrong type is an error that names its path.

use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Result, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "accounts", primary_key(name))]
pub struct Account {
    name: String,
    open_orders: u64,
    plan: Option<String>,
}

#[derive(Deserialize)]
struct Response {
    name: String,
    #[serde(rename = "openOrders", default)]
    open_orders: Vec<u64>,
    plan: Option<String>,
}

pub fn fetch(config: &Config, out: &mut Emitter<Account>) -> Result<()> {
    // {"name": "Ann & Bo", "openOrders": [4, 5]}
    let request = out.http().base_url(&config.api_url).get("/account").query("name", "Ann & Bo");
    let Response { name, open_orders, plan } = request.json()?;
    out.emit(Account { name, open_orders: open_orders.len() as u64, plan })
}
