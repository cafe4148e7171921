//! # By what the body says
//!
//! `element_pages` is given what stands around the array of a page when that has ended, and finds the next page. What stands
//! before the array can be looked at before its first element is used, and a page that has fewer than it says is not
//! believed.

use airbyte_sdk::{Deserialize, Error, Http, Result, http::NextPage};

#[derive(Deserialize)]
struct Head {
    currency: String,
}

#[derive(Deserialize)]
struct Page {
    count: Option<u64>,
    next: Option<String>,
}

pub fn prices(http: &Http, base: &str) -> Result<impl Iterator<Item = Result<f64>>> {
    let next = |page: &Page| Ok(page.next.as_ref().map(|token| NextPage::query("after", token)));
    let check = |head: &Head| match head.currency.as_str() {
        "EUR" => Ok(()),
        other => Err(Error::config(format!("the shop sells in {other}, not in euros"))),
    };
    let prices = http.base_url(base).get("/prices").element_pages("prices", next);
    Ok(prices.check_preamble(check).verify_count(|page: &Page| page.count))
}
