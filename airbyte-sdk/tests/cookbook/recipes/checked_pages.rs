//! # Checking that each page is complete
//!
//! `check_preamble` checks what precedes the array of a page before its first element is used. `verify_count` compares the number
//! of elements with the count that the page announces: a page with fewer is an error, and no state covers it.

use airbyte_sdk::http::Pagination;
use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Error, Result, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "prices", primary_key(product))]
#[derive(Deserialize)]
pub struct Price {
    product: u64,
    euros: f64,
}

#[derive(Deserialize)]
struct Head {
    currency: String,
}

#[derive(Deserialize)]
struct Page {
    count: Option<u64>,
    next: Option<String>,
}

pub fn fetch(config: &Config, out: &mut Emitter<Price>) -> Result<()> {
    // {"currency": "EUR", "prices": [{"product": 1, "euros": 1.5}, …], "count": 100, "next": "t-2"}
    let prices = out.http().base_url(&config.api_url).get("/prices").elements("prices");
    let prices = prices
        .paginate(Pagination::token("after", |page: &Page| page.next.clone()))
        .check_preamble(|head: &Head| match head.currency.as_str() {
            "EUR" => Ok(()),
            other => Err(Error::config(format!("the prices are in {other}, not in euros"))),
        })
        .verify_count(|page: &Page| page.count);
    for price in prices {
        out.emit(price?)?;
    }
    Ok(())
}
