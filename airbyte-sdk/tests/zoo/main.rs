//! One file for each construct of a configuration or a record, with the form or the catalog entry it becomes beside it. The
//! pages of the documentation that show both are generated from these files.
//!
//! `BLESS=1 cargo test -p airbyte-sdk --features testing` regenerates the JSON and the pages.
#![cfg(feature = "testing")]
#![allow(dead_code, unreachable_pub, reason = "only the spec and the schema of these types are used")]
#![allow(clippy::disallowed_methods, reason = "a test reads its own files")]

#[path = "../shared/page.rs"]
mod page;
mod pages;
mod spec;
mod stream;

use airbyte_sdk::testing::assert_golden;
use serde_json::Value;

/// One construct.
struct Example {
    name: &'static str,
    source: &'static str,
    json: Value,
}

#[test]
fn each_example_matches_its_golden_file() {
    for (folder, examples) in [("spec", spec::all()), ("stream", stream::all())] {
        for Example { name, json, .. } in examples {
            assert_golden(format!("tests/zoo/{folder}/{name}.json"), &json);
        }
    }
}

#[test]
fn each_example_conforms_to_the_protocol() {
    spec::check_all();
    stream::check_all();
}

#[test]
fn each_file_is_listed_in_its_mod_rs() {
    for (folder, examples) in [("spec", spec::all()), ("stream", stream::all())] {
        let files = std::fs::read_dir(format!("tests/zoo/{folder}")).map(Iterator::count).unwrap_or_default();
        assert_eq!(files, 1 + 2 * examples.len(), "{folder}: a file is missing from mod.rs");
    }
}
