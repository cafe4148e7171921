//! Configured catalogs: every file is read or rejected with an error that names it.

#![no_main]

use airbyte_sdk::fuzzing::catalog;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::LazyLock;

static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    std::env::temp_dir().join(format!("airbyte-fuzz-catalog-{:010}.json", std::process::id()))
});

fuzz_target!(|bytes: &[u8]| {
    std::fs::write(&*FILE, bytes).expect("a temporary file can be written");
    match catalog(&FILE) {
        Ok(streams) => {
            let text =
                std::str::from_utf8(bytes).expect("what was read is UTF-8").trim_start_matches('\u{feff}');
            let document: Value = serde_json::from_str(text).expect("what was read is JSON");
            let given: Vec<&str> = document["streams"]
                .as_array()
                .expect("a catalog has streams")
                .iter()
                .map(|entry| entry["stream"]["name"].as_str().expect("a stream has a name"))
                .collect();
            assert_eq!(streams, given);
        }
        Err(error) => assert!(error.to_string().contains(".json"), "{error}"),
    }
});
