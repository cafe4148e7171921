//! What the compiler tells an author: each case holds one mistake, named by its file, and the messages beside it are
//! read like prose.
//!
//! `TRYBUILD=overwrite cargo test -p airbyte-sdk --test ui` accepts new messages.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    for folder in ["spec", "stream", "source", "deserialize", "secret", "pagination"] {
        // There the compiler lists what else serde can read, and that depends on serde's features.
        if folder != "deserialize" || cfg!(not(feature = "raw_json")) {
            cases.compile_fail(format!("tests/ui/{folder}/*.rs"));
        }
    }
}
