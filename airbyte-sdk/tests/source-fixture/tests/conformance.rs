//! Runs the conformance suite on streams of every kind.

use renamed_sdk::testing::conformance::Subject;
use serde_json::json;

#[test]
fn every_kind_of_stream_conforms_to_the_protocol() {
    Subject::new(env!("CARGO_BIN_EXE_source-fixture"))
        .config(json!({"count": 7, "ties": 2, "token": "tok-5501", "words": ["a", "b"]}))
        .invalid_config(json!({"count": 7, "check": "config"}))
        .streams(["numbers", "jumbled", "texts", "measurements", "books", "boxes"])
        .assert_conforms();
}
