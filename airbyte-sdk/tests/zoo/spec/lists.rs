//! # Lists
//!
//! A `Vec` is a list of values.

use airbyte_sdk::{AirbyteSpec, Date};

#[derive(AirbyteSpec)]
pub struct Config {
    /// The cities to follow
    cities: Vec<String>,
    #[airbyte(default = vec![1, 7])]
    days: Vec<u8>,
    holidays: Option<Vec<Date>>,
}
