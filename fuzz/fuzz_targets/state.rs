//! States: every file is read or rejected with an error that names it; a state that is accepted is returned unchanged.

#![no_main]

use airbyte_sdk::fuzzing::state;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

fuzz_target!(|data: (bool, &[u8])| {
    let (is_cursor, bytes) = data;
    if !is_cursor {
        if let Err(error) = state(bytes, &["users", "orders"]) {
            assert!(error.to_string().contains("The state"), "{error}");
        }
        return;
    }
    // As this connector would have written it.
    let cursor = json!(String::from_utf8_lossy(bytes));
    let stream = json!({"stream_descriptor": {"name": "users"}, "stream_state": {"updated_at": cursor}});
    let message = json!({"type": "STATE", "state": {"type": "STREAM", "stream": stream}});
    for file in [message.to_string(), json!([message["state"]]).to_string()] {
        let states = state(file.as_bytes(), &["users", "orders"]).expect("a state that a connector wrote");
        assert_eq!(states["users"], json!({"updated_at": cursor}));
        assert_eq!(states.get("orders"), None::<&Value>);
    }
});
