//! # Pagination of a search by POST
//!
//! `Pagination::token_in_body` puts the token into the JSON body of the next request. The rest of the body stays. `None`,
//! null or an empty string is the end. `idempotent` says that the search may be repeated, so that it is retried as a GET is.
//! (`json!` comes from the crate `serde_json`.)

use airbyte_sdk::http::Pagination;
use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Result, airbyte_stream};
use serde_json::json;

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
    after: Option<String>,
}

pub fn fetch(config: &Config, out: &mut Emitter<Order>) -> Result<()> {
    let search = json!({"filter": {"status": "paid"}});
    let request = out.http().base_url(&config.api_url).post("/orders/search").json_body(&search)?.idempotent();
    let next = Pagination::token_in_body("after", |page: &Page| page.after.clone());
    for order in request.elements("orders").paginate(next) {
        out.emit(order?)?;
    }
    Ok(())
}
