//! The connector, the emulated API, the inputs of most tests, and common assertions.

pub(crate) use crate::api::{KEY, LAST_DAY, catalog, emulator_with};
use airbyte_sdk::testing::{Connector, Run};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::sync::Arc;
use stock_api_emulator::{Emulator, Request, Response};

pub(crate) fn connector() -> Connector {
    Connector::new(env!("CARGO_BIN_EXE_source-stock-ticker-api")).skip_waits()
}

pub(crate) fn emulator() -> Emulator {
    emulator_with(|_| {})
}

/// Returns an emulator with scripted responses; `None` sends the real one.
pub(crate) fn scripted(
    script: impl Fn(usize, &Request) -> Option<Response> + Send + Sync + 'static,
) -> Emulator {
    emulator_with(|settings| settings.fault = Some(Arc::new(script)))
}

/// Reads the seven days up to [`LAST_DAY`], of which five are trading days.
pub(crate) fn config(url: &str) -> Value {
    json!({"stock_ticker": "TSLA", "api_key": KEY, "api_url": url, "end_date": LAST_DAY.to_string()})
}

pub(crate) fn config_since(url: &str, start_date: &str) -> Value {
    let mut config = config(url);
    config["start_date"] = start_date.into();
    config
}

pub(crate) fn state(date: &str) -> Value {
    json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "stock_prices"}, "stream_state": {"partitions": {"TSLA": {"date": date}}}}}])
}

/// Returns the day in a state.
pub(crate) fn day(state: &Value) -> &Value {
    &state["stream"]["stream_state"]["partitions"]["TSLA"]["date"]
}

/// Returns the first and last day of a request.
pub(crate) fn range(request: &Request) -> (Date, Date) {
    let path = request.target.split('?').next().unwrap();
    let mut segments = path.rsplit('/');
    let last = segments.next().unwrap().parse().unwrap();
    (segments.next().unwrap().parse().unwrap(), last)
}

pub(crate) fn only_request(emulator: &Emulator) -> Request {
    let requests = emulator.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    requests[0].clone()
}

/// Asserts that the read completed without an error.
pub(crate) fn assert_complete(run: &Run) {
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(run.statuses("stock_prices"), ["STARTED", "RUNNING", "COMPLETE"], "{run}");
    assert!(run.errors().is_empty() && run.stderr.is_empty(), "{run}");
}

/// Asserts that the read failed with one error of this failure type, and returns its message.
pub(crate) fn assert_incomplete(run: &Run, failure_type: &str) -> String {
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(run.statuses("stock_prices"), ["STARTED", "RUNNING", "INCOMPLETE"], "{run}");
    assert!(run.stderr.is_empty(), "{run}");
    let message = assert_error(run, failure_type);
    assert_eq!(run.errors()[0]["stream_descriptor"]["name"], "stock_prices");
    message
}

/// Asserts that there is exactly one ERROR trace, with this failure type, and returns its message.
pub(crate) fn assert_error(run: &Run, failure_type: &str) -> String {
    let errors = run.errors();
    assert_eq!(errors.len(), 1, "{run}");
    assert_eq!(errors[0]["failure_type"], failure_type, "{run}");
    errors[0]["message"].as_str().expect("a message").to_owned()
}
