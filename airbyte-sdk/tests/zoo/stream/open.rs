//! # Columns of any form
//!
//! What a service does not describe goes through as it is; bytes are written as base64.

use airbyte_sdk::stream::Binary;
use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "events")]
pub struct Event {
    /// Whatever the service sends
    payload: serde_json::Value,
    signature: Binary,
    sequence: u128,
}
