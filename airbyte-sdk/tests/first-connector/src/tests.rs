use super::*;
use airbyte_sdk::serde_json::json;
use airbyte_sdk::testing::{assert_spec, assert_stream, fetch};

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
fn spec_and_streams_follow_the_protocol() {
    assert_spec::<Config>();
    assert_stream::<Station>();
    assert_stream::<Temperature>();
}
