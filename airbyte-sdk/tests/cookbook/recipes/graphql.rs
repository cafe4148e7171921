//! # GraphQL
//!
//! The cursor goes into the variables of the query. A GraphQL API reports errors in a response with status 200, so the closure checks
//! each page before the next one is requested.

use airbyte_sdk::http::Pagination;
use airbyte_sdk::serde_json::json;
use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Error, Result, airbyte_stream};

const ORDERS: &str = "query ($after: String, $status: String) {
    orders(first: 250, after: $after, status: $status) { nodes { id } pageInfo { endCursor hasNextPage } }
}";

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
    data: Option<Data>,
    #[serde(default)]
    errors: Vec<GraphqlError>,
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
struct GraphqlError {
    message: String,
}

pub fn fetch(config: &Config, out: &mut Emitter<Order>) -> Result<()> {
    let query = json!({"query": ORDERS, "variables": {"status": "paid"}});
    let request = out.http().base_url(&config.api_url).post("/graphql").json_body(&query)?.idempotent();
    let orders = request.elements("data.orders.nodes");
    for order in orders.paginate(Pagination::token_in_body("variables.after", next_cursor)) {
        out.emit(order?)?;
    }
    Ok(())
}

fn next_cursor(page: &Page) -> Result<Option<String>> {
    match (page.errors.first(), &page.data) {
        (None, Some(Data { orders: Some(Orders { info }) })) => match &info.end {
            None if info.has_next => Err(Error::system("there is a next page, but no cursor for it")),
            end => Ok(end.clone().filter(|_| info.has_next)),
        },
        (error, _) => Err(Error::system(error.map_or("no data", |error| &error.message))),
    }
}
