//! # GraphQL
//!
//! The cursor goes into the variables of the query. What went wrong is said in the body of an answer whose status is good,
//! so `element_pages` has a look at it before it goes on. (`json!` comes from the crate `serde_json`.)

use airbyte_sdk::{Deserialize, Error, Http, Result, http::NextPage};
use serde_json::json;

const ORDERS: &str = "query ($after: String, $status: String) {
    orders(first: 250, after: $after, status: $status) { nodes { id } pageInfo { endCursor hasNextPage } }
}";

#[derive(Deserialize)]
pub struct Order {
    pub id: u64,
}

#[derive(Deserialize)]
struct Page {
    data: Option<Data>,
    #[serde(default)]
    errors: Vec<Trouble>,
}

#[derive(Deserialize)]
struct Data {
    orders: Option<Orders>,
}

#[derive(Deserialize)]
struct Orders {
    #[serde(rename = "pageInfo")]
    info: PageInfo,
}

#[derive(Deserialize)]
struct PageInfo {
    #[serde(rename = "endCursor")]
    end: Option<String>,
    #[serde(rename = "hasNextPage")]
    has_next: bool,
}

#[derive(Deserialize)]
struct Trouble {
    message: String,
}

pub fn orders(http: &Http, base: &str, status: &str) -> Result<impl Iterator<Item = Result<Order>>> {
    let query = json!({"query": ORDERS, "variables": {"status": status}});
    let request = http.base_url(base).post("/graphql").json_body(&query)?.idempotent();
    Ok(request.element_pages("data.orders.nodes", next_page))
}

fn next_page(page: &Page) -> Result<Option<NextPage>> {
    match (page.errors.first(), &page.data) {
        (None, Some(Data { orders: Some(Orders { info }) })) => match &info.end {
            None if info.has_next => Err(Error::system("there is another page, and no way to it")),
            end => Ok(info.has_next.then(|| NextPage::body_field("variables.after", end))),
        },
        (trouble, _) => Err(Error::system(trouble.map_or("no data", |trouble| &trouble.message))),
    }
}
