//! A streamed JSON array yields the elements that serde_json finds in the whole document, however the body is cut into chunks.
//! A document that serde_json rejects is never read to its end without an error.

#![no_main]

use airbyte_sdk::fuzzing::{Chunks, elements, utf8};
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;
use serde_json::Value;

const PATHS: [&str; 3] = ["", "results", "data.items"];

fuzz_target!(|data: (u8, u8, &[u8])| {
    let (path, chunk, body) = data;
    let path = PATHS[usize::from(path) % PATHS.len()];
    let (found, end) = elements(Chunks::of(body, chunk), path);
    let whole = elements(Chunks::whole(body), path);
    assert_eq!((&found, &end), (&whole.0, &whole.1), "the chunks make a difference");
    let Some(text) = utf8(body) else { return };
    if end.is_err() {
        return;
    }
    match serde_json::from_slice::<Value>(text) {
        // Of two equal keys, serde_json keeps the last one.
        Ok(_) if has_equal_keys(text, path) => {}
        Ok(document) => assert_eq!(found, expected(document, path)),
        // Around the array, nesting and the size of numbers are not limited.
        Err(error) => {
            let valid = serde_json::from_slice::<IgnoredAny>(text).is_ok();
            assert!(valid, "{found:?} of a body that is not JSON: {error}");
        }
    }
});

/// Returns whether the document may contain a key of the path more than once.
fn has_equal_keys(text: &[u8], path: &str) -> bool {
    let text = String::from_utf8_lossy(text);
    let is_repeated = |key: &str| text.matches(&format!("\"{key}\"")).count() > 1;
    !path.is_empty() && (text.contains("\\u") || path.split('.').any(is_repeated))
}

fn expected(mut document: Value, path: &str) -> Vec<Value> {
    for key in path.split('.').filter(|key| !key.is_empty()) {
        document = document[key].take();
    }
    match document {
        Value::Array(elements) => elements,
        _ => Vec::new(),
    }
}
