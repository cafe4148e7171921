//! # A search by POST, page by page
//!
//! `NextPage::body_field` puts the token into the body of the next request, in place of the one before; what else the body
//! says stays. A token that is null, empty or not there ends it. `idempotent` says that a second request does no harm, so
//! that this one may be sent again after trouble, as every GET is. (`json!` comes from the crate `serde_json`.)

use airbyte_sdk::{Deserialize, Http, Result, http::NextPage};
use serde_json::json;

#[derive(Deserialize)]
struct Found {
    orders: Vec<u64>,
    after: Option<String>,
}

pub fn search(http: &Http, base: &str, status: &str) -> Result<Vec<u64>> {
    let search = json!({"filter": {"status": status}});
    let request = http.base_url(base).post("/orders/search").json_body(&search)?.idempotent();
    let mut orders = Vec::new();
    for page in request.pages(|page: &Found| Some(NextPage::body_field("after", &page.after))) {
        orders.extend(page?.orders);
    }
    Ok(orders)
}
