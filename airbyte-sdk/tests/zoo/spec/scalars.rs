//! # Scalars
//!
//! A `String` is a text, a number keeps to the range of its type, a switch is a `bool`, a [`Date`](crate::Date) is
//! picked from a calendar. The label comes from the name, the help text from the doc comment.

use airbyte_sdk::{AirbyteSpec, Date, Timestamp};

#[derive(AirbyteSpec)]
pub struct Config {
    /// The city to follow
    city: String,
    /// How many degrees are warm
    degrees: f64,
    port: u16,
    /// Whether nights are left out
    #[airbyte(default = false)]
    days_only: bool,
    first_day: Date,
    /// A moment, in UTC
    since: Timestamp,
}
