//! # Limits
//!
//! `min` and `max` limit a number. `pattern` restricts a string and needs a `pattern_descriptor`, which users read if their
//! text does not match. `url` has its own pattern, and also checks what a pattern cannot express, such as the port.

use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(min = 1, max = 1000)]
    page_size: u32,
    #[airbyte(min = 0.5, max = 2.0, default = 1.0)]
    ratio: f64,
    #[airbyte(pattern = "^[A-Z]{3}$", pattern_descriptor = "three capital letters", examples("EUR", "USD"))]
    currency: String,
    #[airbyte(url)]
    api_url: String,
}
