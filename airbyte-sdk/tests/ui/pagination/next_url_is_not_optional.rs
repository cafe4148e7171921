#![allow(unused)]

use airbyte_sdk::http::Pagination;
use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
struct Page {
    next: String,
}

fn visits(http: &Http) -> Result<Vec<u64>> {
    let visits = http.get("https://shop.example/visits").elements("visits");
    visits.paginate(Pagination::next_url(|page: &Page| page.next.clone())).collect()
}

fn main() {}
