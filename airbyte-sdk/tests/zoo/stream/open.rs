//! # JSON and bytes
//!
//! A `serde_json::Value` passes any JSON through. `Binary` is written as base64.

use airbyte_sdk::stream::Binary;
use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "events")]
pub struct Event {
    /// The API does not document it
    payload: serde_json::Value,
    signature: Binary,
    sequence: u128,
}
