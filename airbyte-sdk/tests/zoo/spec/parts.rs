//! # Nested structs
//!
//! A struct with `#[derive(ConfigValue)]` can be a field, the content of an `Option` or the element of a list. `flatten` puts its
//! fields in line. If all its fields are optional, such as those of `retries`, the whole object may be left out.

use airbyte_sdk::{AirbyteSpec, ConfigValue, Secret};

#[derive(AirbyteSpec)]
pub struct Config {
    /// Where the database is
    server: Server,
    /// An SSH server in between
    tunnel: Option<Server>,
    #[airbyte(max_items = 3)]
    tables: Vec<Table>,
    retries: Retries,
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

#[derive(ConfigValue)]
struct Retries {
    #[airbyte(default = 3)]
    attempts: u32,
}
