//! A streamed JSON array yields the elements that serde_json finds in the whole document, however the body is cut into chunks.
//! A document that serde_json rejects is never read to its end without an error.

#![no_main]

use airbyte_sdk::fuzzing::{Chunks, elements, utf8};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const PATHS: [&str; 3] = ["", "results", "data.items"];

fuzz_target!(|data: (u8, u8, &[u8])| {
    let (path, chunk, body) = data;
    let path = PATHS[usize::from(path) % PATHS.len()];
    let found = elements(Chunks::of(body, chunk), path);
    let whole = elements(Chunks::whole(body), path);
    // Of several errors in a body, the one that is found first may differ.
    assert_eq!(found.as_ref().ok(), whole.as_ref().ok(), "the chunks make a difference");
    let Some(text) = utf8(body) else { return };
    match (found, serde_json::from_slice::<Value>(text)) {
        (Ok(found), Ok(document)) => assert_eq!(found, expected(document, path)),
        (Ok(found), Err(error)) => panic!("{found:?} of a body that is not JSON: {error}"),
        (Err(_), _) => {}
    }
});

fn expected(mut document: Value, path: &str) -> Vec<Value> {
    for key in path.split('.').filter(|key| !key.is_empty()) {
        document = document[key].take();
    }
    match document {
        Value::Array(elements) => elements,
        _ => Vec::new(),
    }
}
