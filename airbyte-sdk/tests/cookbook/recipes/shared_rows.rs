//! # One helper for several streams
//!
//! A helper that is generic over the element needs the bound `DeserializeOwned`. `Value` and `json!` come from
//! `airbyte_sdk::serde_json`, so a connector needs no other dependency.

use airbyte_sdk::http::{ElementPages, Pagination};
use airbyte_sdk::serde_json::Value;
use airbyte_sdk::{AirbyteSpec, Deserialize, DeserializeOwned, Emitter, Http, Result, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "customers", primary_key(id))]
#[derive(Deserialize)]
pub struct Customer {
    id: u64,
    /// Any JSON
    address: Value,
}

#[airbyte_stream(name = "invoices", primary_key(id))]
#[derive(Deserialize)]
pub struct Invoice {
    id: u64,
    total: f64,
}

fn rows<T: DeserializeOwned>(config: &Config, http: &Http, table: &str) -> ElementPages<'static, T> {
    let rows = http.base_url(&config.api_url).get(format!("/tables/{table}")).elements("rows");
    rows.paginate(Pagination::token("after", |page: &Value| page["after"].as_str().map(str::to_owned)))
}

pub fn customers(config: &Config, out: &mut Emitter<Customer>) -> Result<()> {
    for customer in rows(config, &out.http(), "customers") {
        out.emit(customer?)?;
    }
    Ok(())
}

pub fn invoices(config: &Config, out: &mut Emitter<Invoice>) -> Result<()> {
    for invoice in rows(config, &out.http(), "invoices") {
        out.emit(invoice?)?;
    }
    Ok(())
}
