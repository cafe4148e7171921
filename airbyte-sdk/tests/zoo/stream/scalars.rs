//! # Columns
//!
//! Every column is nullable in the schema, because destinations expect it.

use airbyte_sdk::jiff::civil::{DateTime, Time};
use airbyte_sdk::{Date, Timestamp, airbyte_stream};

/// A reading of a thermometer.
#[airbyte_stream(name = "readings", primary_key(id), cursor = at, order = ascending)]
pub struct Reading {
    id: u64,
    /// The time of the reading
    at: Timestamp,
    day: Date,
    /// Local time
    local: DateTime,
    opens: Time,
    degrees: f64,
    steps: i64,
    station: String,
    is_night: bool,
    remark: Option<String>,
}
