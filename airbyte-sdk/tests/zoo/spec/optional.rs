//! # What may be left out
//!
//! `Option` makes a field optional; so does a `default`, which the form shows and the parser fills in.

use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
pub struct Config {
    /// Everywhere, if left out
    country: Option<String>,
    /// How many rows a request asks for
    #[airbyte(default = 100)]
    page_size: u32,
    #[airbyte(default = "metric", always_show)]
    units: String,
    #[airbyte(default = true)]
    compressed: bool,
}
