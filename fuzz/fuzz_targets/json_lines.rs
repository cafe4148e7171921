//! JSON Lines: each line is parsed as serde_json parses it alone, up to the first one that is not JSON, however the body is cut
//! into chunks.

#![no_main]

use airbyte_sdk::fuzzing::{Chunks, json_lines, utf8};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: (u8, &[u8])| {
    let (chunk, body) = data;
    let (values, end) = json_lines(Chunks::of(body, chunk));
    let whole = json_lines(Chunks::whole(body));
    assert_eq!((&values, &end), (&whole.0, &whole.1), "the chunks make a difference");
    let Some(text) = utf8(body) else { return };
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let parsed: Vec<Result<Value, _>> = lines.map(serde_json::from_slice).collect();
    let good: Vec<Value> = parsed.iter().map_while(|value| value.as_ref().ok().cloned()).collect();
    assert_eq!(values, good);
    assert_eq!(end.is_ok(), good.len() == parsed.len(), "{end:?}");
});
