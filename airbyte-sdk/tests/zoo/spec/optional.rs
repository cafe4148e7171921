//! # Optional fields
//!
//! A field is optional if it is an `Option` or has a `default`. The form shows the default, and the parser fills it in.

use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
pub struct Config {
    /// All countries if left out
    country: Option<String>,
    /// Rows per request
    #[airbyte(default = 100)]
    page_size: u32,
    #[airbyte(default = "metric", always_show)]
    units: String,
    #[airbyte(default = true)]
    compressed: bool,
}
