//! # A form in a form
//!
//! A struct that derives [`ConfigValue`](derive@crate::ConfigValue) can be a field of another, or what a list holds.
//! `flatten` puts its fields in line.

use airbyte_sdk::{AirbyteSpec, ConfigValue, Secret};

#[derive(AirbyteSpec)]
pub struct Config {
    /// Where the database is
    server: Server,
    /// Through another machine, if it has to be
    tunnel: Option<Server>,
    #[airbyte(max_items = 3)]
    tables: Vec<Table>,
    #[serde(flatten)]
    paging: Paging,
}

#[derive(ConfigValue)]
struct Server {
    #[airbyte(min_length = 1, max_length = 253)]
    host: String,
    #[airbyte(default = 5432)]
    port: u16,
    password: Option<Secret>,
}

#[derive(ConfigValue)]
struct Table {
    name: String,
    /// All, if left out
    columns: Option<Vec<String>>,
}

#[derive(ConfigValue)]
struct Paging {
    #[airbyte(default = 100)]
    page_size: u32,
}
