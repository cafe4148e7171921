//! # A search by POST, page by page
//!
//! `repeatable` says that a second request does no harm, so that this one may be sent again after trouble, as every GET is.
//! A token that goes in the body is put there by a loop of your own. (`json!` comes from the crate `serde_json`.)

use airbyte_sdk::{Deserialize, Error, Http, Result};
use serde_json::json;

#[derive(Deserialize)]
struct Found {
    orders: Vec<u64>,
    after: Option<String>,
}

pub fn search(http: &Http, base: &str, status: &str) -> Result<Vec<u64>> {
    let (shop, mut orders, mut after) = (http.base(base), Vec::new(), None);
    loop {
        let search = json!({"filter": {"status": status}, "after": after});
        let found: Found = shop.post("/orders/search").body(&search)?.repeatable().json()?;
        orders.extend(found.orders);
        if found.after.is_none() {
            return Ok(orders);
        }
        if found.after == after {
            return Err(Error::system("the search does not go on"));
        }
        after = found.after;
    }
}
