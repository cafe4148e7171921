//! What an entry expects besides the clauses of the suite.

use super::entries::Unmet;
use crate::Verdict;
use crate::runs::{Judged, Key, Shot};
use crate::values::mismatch;
use serde_json::Value;

/// The rule and what breaks it, if that is what was judged.
fn unmet(rule: &'static str, judged: Judged) -> Unmet {
    match judged {
        Err(Verdict::Failed(what)) => vec![(rule, what)],
        _ => Unmet::new(),
    }
}

pub(super) fn is_the_spec(path: &str, kept: &Value, printed: &Value) -> Unmet {
    difference(kept, printed, "")
        .map(|place| ("the spec is the one that is kept", format!("{path} differs at {place}")))
        .into_iter()
        .collect()
}

/// The first place where two values differ.
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

/// Whether the spec allows a configuration, as far as fields, types and formats go. No value is quoted.
pub(super) fn config_fits(schema: &Value, config: &Value) -> Unmet {
    let rule = "the spec allows the configuration";
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut unmet: Unmet = required
        .filter(|field| config.get(field).is_none())
        .map(|field| (rule, format!("`{field}` is missing")))
        .collect();
    for (field, property) in schema["properties"].as_object().into_iter().flatten() {
        let wrong = config.get(field).is_some_and(|value| mismatch(property, value, field).is_some());
        unmet.extend(wrong.then(|| (rule, format!("`{field}` is not what the spec says"))));
    }
    unmet
}

/// A check that comes to no answer.
pub(super) fn check_gave_up(shot: &Shot) -> Unmet {
    let judged = match shot.all("CONNECTION_STATUS").next() {
        Some(status) => shot.fails("a CONNECTION_STATUS", status),
        None => shot.must_fail(),
    };
    unmet("a check that cannot tell fails with an ERROR trace and says no CONNECTION_STATUS", judged)
}

/// Each stream that was configured brought a record, but for those that may be empty.
pub(super) fn records_came(shot: &Shot, empty_streams: &Value) -> Unmet {
    let mut found = unmet("a read of what is configured goes well", shot.must_succeed());
    let may_be_empty = |key: &Key| {
        let mut streams = empty_streams.as_array().into_iter().flatten();
        streams.any(|stream| stream["name"].as_str().or(stream.as_str()) == Some(key.name()))
    };
    for key in shot.configured().iter().filter(|key| !may_be_empty(key)) {
        if !shot.all("RECORD").any(|record| Key::of_record(record) == *key) {
            let what = format!("{}: no record of {key}", shot.name);
            found.push(("every stream that is not among `empty_streams` brings records", what));
        }
    }
    found
}
