//! The required fields of each message type, as far as no other clause checks them.

use super::{Clause, clause};
use crate::runs::{Checked, Runs, not_applicable, payload};
use serde_json::Value;

pub(super) const CLAUSES: &[Clause] = &[
    clause(
        "messages_have_their_fields",
        "every message has the required fields of its type, with valid values",
        messages_have_their_fields,
    ),
    clause(
        "estimates_are_of_one_kind",
        "the estimates of a run are all of the type STREAM or all SYNC",
        estimates_are_of_one_kind,
    ),
];

fn messages_have_their_fields(runs: &Runs) -> Checked {
    for captured in runs.with_messages() {
        for (line, message) in &captured.messages {
            if let Some(fault) = fault(message) {
                return captured.fails(fault, line);
            }
        }
    }
    Ok(())
}

/// Returns what is wrong with a message. A missing payload is reported by `stdout_is_messages`.
fn fault(message: &Value) -> Option<String> {
    let payload = payload(message);
    if !payload.is_object() {
        return None;
    }
    match message["type"].as_str()? {
        "RECORD" => text(payload, "stream").or_else(|| namespace(payload)),
        "STATE" => stats(payload, "sourceStats"),
        "SPEC" => object(payload, "connectionSpecification"),
        "CATALOG" => (!payload["streams"].is_array()).then(|| "`streams` is not an array".to_owned()),
        "CONNECTION_STATUS" => one_of(payload, "status", &["SUCCEEDED", "FAILED"]),
        "CONTROL" => one_of(payload, "type", &["CONNECTOR_CONFIG"])
            .or_else(|| number(payload, "emitted_at"))
            .or_else(|| object(payload, "connectorConfig"))
            .or_else(|| object(&payload["connectorConfig"], "config")),
        "TRACE" => trace(payload),
        _ => None,
    }
}

fn trace(trace: &Value) -> Option<String> {
    let types = ["ERROR", "ESTIMATE", "STREAM_STATUS", "ANALYTICS"];
    let fault = one_of(trace, "type", &types).or_else(|| number(trace, "emitted_at"));
    fault.or_else(|| match trace["type"].as_str()? {
        "ERROR" => object(trace, "error").or_else(|| match &trace["error"]["stream_descriptor"] {
            Value::Null => None,
            _ => descriptor(&trace["error"]),
        }),
        "STREAM_STATUS" => {
            let status = &trace["stream_status"];
            object(trace, "stream_status")
                .or_else(|| descriptor(status))
                .or_else(|| one_of(status, "status", &["STARTED", "RUNNING", "COMPLETE", "INCOMPLETE"]))
        }
        "ESTIMATE" => {
            let estimate = &trace["estimate"];
            object(trace, "estimate")
                .or_else(|| text(estimate, "name"))
                .or_else(|| namespace(estimate))
                .or_else(|| one_of(estimate, "type", &["STREAM", "SYNC"]))
                .or_else(|| {
                    ["row_estimate", "byte_estimate"].into_iter().find_map(|name| count(estimate, name))
                })
        }
        _ => object(trace, "analytics").or_else(|| text(&trace["analytics"], "type")),
    })
}

fn estimates_are_of_one_kind(runs: &Runs) -> Checked {
    let mut seen = false;
    for captured in runs.reads() {
        let estimates = captured.all("TRACE").filter(|trace| trace["type"] == "ESTIMATE");
        let mut kinds: Vec<_> = estimates.map(|trace| &trace["estimate"]["type"]).collect();
        kinds.dedup();
        seen |= !kinds.is_empty();
        if let [first, second, ..] = kinds.as_slice() {
            let kinds = format!("{first}, {second}");
            return captured.fails("the platform ignores the estimates of a run that sends both", kinds);
        }
    }
    if seen { Ok(()) } else { not_applicable("no estimate was sent") }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().is_none_or(str::is_empty).then(|| format!("`{name}` is missing or not a string"))
}

fn object(value: &Value, name: &str) -> Option<String> {
    (!value[name].is_object()).then(|| format!("`{name}` is missing or not an object"))
}

fn number(value: &Value, name: &str) -> Option<String> {
    (!value[name].is_number()).then(|| format!("`{name}` is missing or not a number"))
}

fn count(value: &Value, name: &str) -> Option<String> {
    let is_right = value[name].is_null() || value[name].is_u64();
    (!is_right).then(|| format!("`{name}` is not an integer"))
}

fn one_of(value: &Value, name: &str, known: &[&str]) -> Option<String> {
    let is_known = known.iter().any(|known| value[name] == *known);
    (!is_known).then(|| format!("`{name}` is not one of {}", known.join(", ")))
}

fn namespace(value: &Value) -> Option<String> {
    let is_right = value["namespace"].is_null() || value["namespace"].is_string();
    (!is_right).then(|| "`namespace` is not a string".to_owned())
}

fn descriptor(value: &Value) -> Option<String> {
    object(value, "stream_descriptor").or_else(|| {
        let descriptor = &value["stream_descriptor"];
        text(descriptor, "name").or_else(|| namespace(descriptor))
    })
}

fn stats(state: &Value, name: &str) -> Option<String> {
    let stats = state.get(name).filter(|stats| !stats.is_null())?;
    // The platform fails on statistics without a count.
    number(stats, "recordCount").map(|fault| format!("in `{name}`, {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn missing_and_invalid_fields_are_named() {
        let trace = |trace: Value| json!({"type": "TRACE", "trace": trace});
        let status = |status: Value| {
            trace(json!({"type": "STREAM_STATUS", "emitted_at": 1.0, "stream_status": status}))
        };
        let estimate =
            |estimate: Value| trace(json!({"type": "ESTIMATE", "emitted_at": 1, "estimate": estimate}));
        let control = |control: Value| json!({"type": "CONTROL", "control": control});
        for (message, named) in [
            (json!({"type": "RECORD", "record": {"stream": 5}}), "`stream`"),
            (json!({"type": "RECORD", "record": {"stream": "a", "namespace": 5}}), "`namespace`"),
            (json!({"type": "STATE", "state": {"sourceStats": {}}}), "`recordCount`"),
            (json!({"type": "SPEC", "spec": {}}), "`connectionSpecification`"),
            (json!({"type": "CATALOG", "catalog": {"streams": {}}}), "`streams`"),
            (json!({"type": "CONNECTION_STATUS", "connectionStatus": {"status": "OK"}}), "`status`"),
            (control(json!({"type": "X"})), "`type`"),
            (
                control(json!({"type": "CONNECTOR_CONFIG", "emitted_at": 1, "connectorConfig": {}})),
                "`config`",
            ),
            (trace(json!({"type": "NEWS", "emitted_at": 1})), "`type`"),
            (trace(json!({"type": "ERROR", "error": {}})), "`emitted_at`"),
            (trace(json!({"type": "ERROR", "emitted_at": 1})), "`error`"),
            (trace(json!({"type": "ERROR", "emitted_at": 1, "error": {"stream_descriptor": {}}})), "`name`"),
            (trace(json!({"type": "ANALYTICS", "emitted_at": 1, "analytics": {}})), "`type`"),
            (status(json!({"status": "STARTED"})), "`stream_descriptor`"),
            (status(json!({"status": "DONE", "stream_descriptor": {"name": "a"}})), "`status`"),
            (estimate(json!({"name": 5, "type": "NOPE"})), "`name`"),
            (estimate(json!({"name": "a", "type": "NOPE"})), "`type`"),
            (estimate(json!({"name": "a", "type": "SYNC", "row_estimate": 1.5})), "`row_estimate`"),
        ] {
            let fault = fault(&message).unwrap_or_default();
            assert!(fault.contains(named), "{fault:?} for {message}");
        }
        for message in [
            json!({"type": "RECORD", "record": {"stream": "a", "namespace": null}}),
            json!({"type": "STATE", "state": {"sourceStats": {"recordCount": 1.0}}}),
            status(json!({"status": "STARTED", "stream_descriptor": {"name": "a", "namespace": "b"}})),
            estimate(json!({"name": "a", "type": "STREAM", "row_estimate": 1, "byte_estimate": null})),
            trace(json!({"type": "ERROR", "emitted_at": 1, "error": {"stream_descriptor": null}})),
        ] {
            assert_eq!(fault(&message), None, "{message}");
        }
    }
}
