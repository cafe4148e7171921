#![allow(unused)]

use airbyte_sdk::http::Pagination;
use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
struct Page {
    visits: Vec<u64>,
}

fn visits(http: &Http) -> Result<Vec<u64>> {
    let visits = http.get("https://shop.example/visits").elements("visits");
    visits.paginate(Pagination::page_number("page", 1).records(|page: &Page| page.visits.len())).collect()
}

fn main() {}
