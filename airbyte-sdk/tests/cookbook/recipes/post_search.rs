//! # Token in the body of a POST
//!
//! `Pagination::token_in_body` puts the token into the JSON body of the next request; the rest of the body stays. After the last page
//! the token is `None`, null or an empty string. `idempotent` declares that the search may be repeated, so it is retried as a GET is.

use airbyte_sdk::http::Pagination;
use airbyte_sdk::serde_json::json;
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
