//! The rules of entries other than clauses.

use super::entries::Unmet;
use crate::Verdict;
use crate::runs::{CapturedRun, Checked, Key};
use crate::values::mismatch;
use serde_json::Value;

/// Returns the rule and the reason if the result is a failure.
fn unmet(rule: &'static str, result: Checked) -> Unmet {
    match result {
        Err(Verdict::Failed(what)) => vec![(rule, what)],
        _ => Unmet::new(),
    }
}

pub(super) fn is_the_spec(path: &str, kept: &Value, printed: &Value) -> Unmet {
    difference(kept, printed, "")
        .map(|place| ("the spec is the one in the file", format!("{path} differs at {place}")))
        .into_iter()
        .collect()
}

/// Returns the path of the first difference.
fn difference(kept: &Value, printed: &Value, place: &str) -> Option<String> {
    match (kept, printed) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            keys.into_iter().find_map(|key| difference(&kept[key], &printed[key], &format!("{place}/{key}")))
        }
        _ if kept == printed => None,
        _ if place.is_empty() => Some("its root".to_owned()),
        _ => Some(place.to_owned()),
    }
}

/// Checks the required fields, types and formats of a configuration. No value is quoted.
pub(super) fn config_fits(schema: &Value, config: &Value) -> Unmet {
    let rule = "the spec allows the configuration";
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut unmet: Unmet = required
        .filter(|field| config.get(field).is_none())
        .map(|field| (rule, format!("`{field}` is missing")))
        .collect();
    for (field, property) in schema["properties"].as_object().into_iter().flatten() {
        let wrong = config.get(field).is_some_and(|value| mismatch(property, value, field).is_some());
        unmet.extend(wrong.then(|| (rule, format!("`{field}` does not match its schema in the spec"))));
    }
    unmet
}

/// Checks a `check` that must fail with an ERROR trace.
pub(super) fn check_gave_up(captured: &CapturedRun) -> Unmet {
    let result = match captured.all("CONNECTION_STATUS").next() {
        Some(status) => captured.fails("a CONNECTION_STATUS", status),
        None => captured.must_fail(),
    };
    unmet("check fails with an ERROR trace and without a CONNECTION_STATUS", result)
}

/// Checks that each configured stream has records, except for those that may be empty.
pub(super) fn records_came(captured: &CapturedRun, empty_streams: &Value) -> Unmet {
    let mut found = unmet("a read of the configured catalog succeeds", captured.must_succeed());
    let may_be_empty = |key: &Key| {
        let mut streams = empty_streams.as_array().into_iter().flatten();
        streams.any(|stream| stream["name"].as_str().or(stream.as_str()) == Some(key.name()))
    };
    for key in captured.configured().iter().filter(|key| !may_be_empty(key)) {
        if !captured.all("RECORD").any(|record| Key::of_record(record) == *key) {
            let what = format!("{}: no record of {key}", captured.name);
            found.push(("every stream that is not in `empty_streams` has records", what));
        }
    }
    found
}
