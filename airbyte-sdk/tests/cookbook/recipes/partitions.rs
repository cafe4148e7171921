//! # Partitions
//!
//! For data that an API returns per shop, account or region. The list names the partitions, and the fetch function is called for
//! each one. On a function, write `#[airbyte_source(partitions = shops)]`; on a method, `#[partitions(shops)]`.
//!
//! Each partition has its own cursor in the state, under the name that its `Display` implementation gives it. The names must be unique,
//! and the same in each sync. If a partition fails, the others are still read, and the failed one resumes in the next sync.

use airbyte_sdk::{AirbyteSpec, Date, Deserialize, Emitter, Http, Result, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "sales", primary_key(shop, day), cursor = day, order = ascending)]
pub struct Sale {
    shop: String,
    day: Date,
    amount: f64,
}

#[derive(Deserialize)]
struct Row {
    day: Date,
    amount: f64,
}

pub fn shops(config: &Config, http: &Http) -> Result<Vec<String>> {
    http.base_url(&config.api_url).get("/shops").json()
}

pub fn fetch(config: &Config, shop: &str, since: Option<Date>, out: &mut Emitter<Sale>) -> Result<()> {
    let mut request = out.http().base_url(&config.api_url).get("/sales").query("shop", shop);
    if let Some(since) = since {
        request = request.query("from", since);
    }
    for row in request.elements("") {
        let Row { day, amount } = row?;
        out.emit(Sale { shop: shop.to_owned(), day, amount })?;
    }
    Ok(())
}
