//! # Columns
//!
//! Every column may be null, whatever its type: destinations know no other.

use airbyte_sdk::jiff::civil::{DateTime, Time};
use airbyte_sdk::{Date, Timestamp, airbyte_stream};

/// A reading of the thermometer.
#[airbyte_stream(name = "readings", primary_key(id), cursor = at, order = ascending)]
pub struct Reading {
    id: u64,
    /// When it was read
    at: Timestamp,
    day: Date,
    /// On the clock on the wall
    local: DateTime,
    opens: Time,
    degrees: f64,
    steps: i64,
    station: String,
    is_night: bool,
    remark: Option<String>,
}
