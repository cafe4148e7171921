//! # Scalars
//!
//! A `String` is a text field, an integer keeps to the range of its type, a `bool` is a switch, and a `Date` has a calendar.
//! The label comes from the name, the help text from the doc comment.

use airbyte_sdk::{AirbyteSpec, Date, Timestamp};

#[derive(AirbyteSpec)]
pub struct Config {
    /// The city to follow
    city: String,
    /// Lowest temperature to report
    degrees: f64,
    port: u16,
    /// Leave out the nights
    #[airbyte(default = false)]
    days_only: bool,
    first_day: Date,
    /// A time in UTC
    since: Timestamp,
}
