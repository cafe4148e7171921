//! The configuration of a read, and its messages.

use crate::api::{KEY, LAST_DAY};
use jiff::ToSpan;
use serde_json::{Value, json};
use stock_api_emulator::Emulator;

pub(crate) fn config(emulator: &Emulator, start_date: &str) -> Value {
    json!({"stock_ticker": "TSLA", "api_key": KEY, "api_url": emulator.url(), "requests_per_minute": 0,
        "start_date": start_date, "end_date": LAST_DAY.to_string()})
}

/// Returns the date `days` before the last one to read.
pub(crate) fn days_before(days: i32) -> String {
    (LAST_DAY - days.days()).to_string()
}

/// Returns the messages of an output, except a truncated last line.
pub(crate) fn messages(stdout: &str) -> Vec<Value> {
    let whole = stdout.rfind('\n').map_or("", |end| &stdout[..end]);
    whole
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not a message: {line}")))
        .collect()
}

/// Returns the days of the records.
pub(crate) fn days(messages: &[Value]) -> Vec<String> {
    let records = messages.iter().filter(|message| message["type"] == "RECORD");
    records.map(|message| message["record"]["data"]["date"].as_str().unwrap().to_owned()).collect()
}

/// Returns the statuses of the stream, in order.
pub(crate) fn statuses(messages: &[Value]) -> Vec<&str> {
    messages.iter().filter_map(|message| message["trace"]["stream_status"]["status"].as_str()).collect()
}

/// Returns the last state, as the state file of the next read, and the number of records before it.
pub(crate) fn last_state(messages: &[Value]) -> (Value, usize) {
    let at = messages.iter().rposition(|message| message["type"] == "STATE").expect("a state");
    (json!([messages[at]["state"]]), days(&messages[..at]).len())
}
