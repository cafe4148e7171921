//! # JSON and bytes
//!
//! A `serde_json::Value` passes JSON through whose structure is not known; `Binary` is written as base64.

use airbyte_sdk::stream::Binary;
use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "events")]
pub struct Event {
    /// The payload as the API sends it
    payload: serde_json::Value,
    signature: Binary,
    sequence: u128,
}
