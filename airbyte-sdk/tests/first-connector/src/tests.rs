use super::*;
use airbyte_sdk::serde_json::json;
use airbyte_sdk::testing::server::Response;
use airbyte_sdk::testing::{Server, assert_spec, assert_stream, fetch};

#[path = "../tests/mock/mod.rs"]
mod mock;

#[test]
fn temperatures_are_read_from_the_cursor() {
    let server = mock::start();
    let config = Config::from_json(&mock::config(&server, mock::API_KEY)).unwrap();
    let fetched = fetch(|out| config.temperatures(&1, Some(Date::constant(2026, 11, 18)), out));
    assert_eq!(fetched.state, Some(json!({"day": "2026-11-19"})));
    assert_eq!(
        fetched.unwrap(),
        [
            json!({"station": 1, "day": "2026-11-18", "celsius": null}),
            json!({"station": 1, "day": "2026-11-19", "celsius": 3.5}),
        ]
    );
    assert_eq!(server.requests()[0].to_string(), "GET /stations/1/days?from=2026-11-18");
}

#[test]
fn truncated_response_fails_the_read() {
    let server = Server::start();
    let page =
        json!({"days": [{"day": "2026-11-16", "celsius": 4.5}, {"day": "2026-11-17", "celsius": 5.0}]});
    server.on("GET /stations/1/days").respond_in_order([
        Response::new(429).header("Retry-After", "30"),
        Response::json(page).cut_after(60),
    ]);
    let config = Config::from_json(&mock::config(&server, mock::API_KEY)).unwrap();
    let fetched = fetch(|out| config.temperatures(&1, None, out));
    assert!(fetched.error.is_some());
    // The record before the cut was sent, but no state covers the incomplete page.
    assert_eq!((fetched.records.len(), fetched.state), (1, None));
}

#[test]
fn spec_and_streams_follow_the_protocol() {
    assert_spec::<Config>();
    assert_stream::<Station>();
    assert_stream::<Temperature>();
}
