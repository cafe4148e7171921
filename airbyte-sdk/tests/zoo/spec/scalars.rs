//! # Scalars
//!
//! A `String` is a text field, a number is limited to the range of its type, a `bool` is a switch, and a [`Date`] has a date picker. The
//! label is generated from the name, and the help text is the doc comment.

use airbyte_sdk::{AirbyteSpec, Date, Timestamp};

#[derive(AirbyteSpec)]
pub struct Config {
    /// The city to follow
    city: String,
    /// The temperature that counts as warm
    degrees: f64,
    port: u16,
    /// Whether to skip nights
    #[airbyte(default = false)]
    days_only: bool,
    first_day: Date,
    /// A timestamp in UTC
    since: Timestamp,
}
