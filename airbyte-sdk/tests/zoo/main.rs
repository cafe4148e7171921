//! A zoo of configurations and records: one file for each construct, and beside it what is made of it. The pages of the
//! documentation that show both are made from these files.
//!
//! `BLESS=1 cargo test -p airbyte-sdk --features testing` renews the JSON and the pages.
#![cfg(feature = "testing")]
#![allow(dead_code, unreachable_pub, reason = "only what is made of the types is looked at")]
#![allow(clippy::disallowed_methods, reason = "a test reads its own files")]

#[path = "../shared/page.rs"]
mod page;
mod pages;
mod spec;
mod stream;

use airbyte_sdk::testing::assert_golden;
use serde_json::Value;

/// One construct.
struct Animal {
    name: &'static str,
    source: &'static str,
    json: Value,
}

#[test]
fn what_is_made_of_each_is_as_it_was() {
    for (folder, animals) in [("spec", spec::all()), ("stream", stream::all())] {
        for Animal { name, json, .. } in animals {
            assert_golden(format!("tests/zoo/{folder}/{name}.json"), &json);
        }
    }
}

#[test]
fn every_one_keeps_the_rules_and_is_read_as_it_says() {
    spec::judge();
    stream::judge();
}

/// A file that nobody names would be one that nobody looks at.
#[test]
fn none_is_forgotten() {
    for (folder, animals) in [("spec", spec::all()), ("stream", stream::all())] {
        let files = std::fs::read_dir(format!("tests/zoo/{folder}")).map(Iterator::count).unwrap_or_default();
        assert_eq!(files, 1 + 2 * animals.len(), "{folder}: a file in the folder is not in its mod.rs");
    }
}
