//! # Columns
//!
//! Every column may be null, whatever its type, as destinations expect.

use airbyte_sdk::jiff::civil::{DateTime, Time};
use airbyte_sdk::{Date, Timestamp, airbyte_stream};

/// A reading of the thermometer.
#[airbyte_stream(name = "readings", primary_key(id), cursor = at, order = ascending)]
pub struct Reading {
    id: u64,
    /// When the value was read
    at: Timestamp,
    day: Date,
    /// Local time at the station
    local: DateTime,
    opens: Time,
    degrees: f64,
    steps: i64,
    station: String,
    is_night: bool,
    remark: Option<String>,
}
