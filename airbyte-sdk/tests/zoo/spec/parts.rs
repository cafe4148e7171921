//! # Nested structs
//!
//! A struct that derives [`ConfigValue`] can be the type of a field or the element of a list. `flatten` inlines its fields.

use airbyte_sdk::{AirbyteSpec, ConfigValue, Secret};

#[derive(AirbyteSpec)]
pub struct Config {
    /// The database server
    server: Server,
    /// A machine to tunnel through
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
    /// All columns if left out
    columns: Option<Vec<String>>,
}

#[derive(ConfigValue)]
struct Paging {
    #[airbyte(default = 100)]
    page_size: u32,
}
