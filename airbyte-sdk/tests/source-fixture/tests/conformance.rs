//! Runs the conformance suite on streams of every kind.

use renamed_sdk::testing::Server;
use renamed_sdk::testing::conformance::Subject;
use renamed_sdk::testing::server::Response;
use serde_json::json;

#[test]
fn every_kind_of_stream_conforms_to_the_protocol() {
    Subject::new(env!("CARGO_BIN_EXE_source-fixture"))
        .config(json!({"count": 7, "ties": 2, "token": "tok-5501", "words": ["a", "b"]}))
        .invalid_config(json!({"count": 7, "check": "config"}))
        .streams(["numbers", "jumbled", "texts", "measurements", "books", "boxes"])
        .assert_conforms();
}

#[test]
fn streams_that_are_read_at_the_same_time_conform_to_the_protocol() {
    let server = Server::start();
    server.on("*").respond_with(|request| {
        let since = request.query("since").and_then(|since| since.parse().ok()).unwrap_or(0);
        Response::json((1..=3).filter(|id| *id >= since).map(|id| json!({"id": id})).collect())
    });
    Subject::new(env!("CARGO_BIN_EXE_parallel"))
        .config(json!({"url": server.url(), "shops": ["a", "b", "c", "d", "e"]}))
        .invalid_config(json!({"url": "no"}))
        .assert_conforms();
}
