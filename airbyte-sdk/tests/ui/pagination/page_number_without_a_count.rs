#![allow(unused)]

use airbyte_sdk::http::Pagination;
use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
struct Page {
    visits: Vec<u64>,
}

fn visits(http: &Http) -> Result<u64> {
    let mut sum = 0;
    for page in http.get("https://shop.example/visits").pages::<Page>(Pagination::page_number("page", 1)) {
        sum += page?.visits.iter().sum::<u64>();
    }
    Ok(sum)
}

fn main() {}
