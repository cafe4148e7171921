//! The state of an earlier run, in all the forms in which platforms and people hand it over.

use super::{called, json};
use crate::error::Result;
use crate::problems::{Problems, kind_of};
use crate::protocol::StreamDescriptor;
use serde_json::{Map, Value};
use std::path::Path;

/// What the Python CDK writes for a full refresh: no position.
const SENTINELS: [&str; 2] = ["__ab_no_cursor_state_message", "__ab_full_refresh_sync_complete"];

/// The state of each stream.
#[derive(Debug, Default)]
pub(crate) struct States(Vec<(StreamDescriptor, Map<String, Value>)>);

impl States {
    /// The state of this stream, if there is one with a position in it.
    pub(crate) fn take(&mut self, descriptor: &StreamDescriptor) -> Option<Map<String, Value>> {
        let place = self.0.iter().rposition(|(other, _)| other.is_same_as(descriptor))?;
        Some(self.0.swap_remove(place).1)
    }

    /// Reads what a state file holds; `whose` names it in errors.
    pub(crate) fn read(value: &Value, whose: &str) -> Result<Self> {
        let mut reader = Reader { states: Self::default(), problems: Problems::default() };
        reader.file(value);
        if reader.problems.is_empty() { Ok(reader.states) } else { Err(reader.problems.into_error(whose)) }
    }
}

/// Reads a state file; no file is no state.
pub(crate) fn states(path: Option<&Path>) -> Result<States> {
    let Some(path) = path else {
        return Ok(States::default());
    };
    States::read(&json(path, "state")?, &called("state", path))
}

struct Reader {
    states: States,
    problems: Problems,
}

impl Reader {
    fn file(&mut self, value: &Value) {
        match value {
            Value::Null => {}
            Value::Array(messages) => {
                for (index, message) in messages.iter().enumerate() {
                    self.message(message, &format!("[{index}]"));
                }
            }
            // One message without its list, or the old form: the name of each stream with its state.
            Value::Object(object) if object.contains_key("type") || object.contains_key("stream") => {
                self.message(value, "");
            }
            Value::Object(object) => {
                for (name, state) in object {
                    self.add(StreamDescriptor::new(name), state, &format!("{name:?}"));
                }
            }
            other => {
                self.problems.add("", format!("must be a list of STATE messages, not {}", kind_of(other)))
            }
        }
    }

    /// Null keys and unknown ones are legal: clients write both.
    fn message(&mut self, message: &Value, path: &str) {
        // Some clients wrap each state in the message it came in.
        let message = message.get("state").filter(|state| state.is_object()).unwrap_or(message);
        let given = |key: &str| message.get(key).filter(|value| !value.is_null());
        if let Some(global) = given("global") {
            if global.get("shared_state").and_then(Value::as_object).is_some_and(|shared| !shared.is_empty())
            {
                log::warn!(
                    "the state has a part shared by all streams, which this connector does not know; it is left aside"
                );
            }
            let path = format!("{path}.global.stream_states");
            match global.get("stream_states") {
                Some(Value::Array(streams)) => {
                    for (index, state) in streams.iter().enumerate() {
                        self.stream(state, &format!("{path}[{index}]"));
                    }
                }
                _ => self.problems.add(&path, "must be a list of states"),
            }
        } else if let Some(stream) = given("stream") {
            self.stream(stream, &format!("{path}.stream"));
        } else if let Some(Value::Object(data)) = given("data") {
            self.file(&Value::Object(data.clone()));
        } else {
            self.problems.add(path, "must be a STATE message: an object with `stream` or `global`");
        }
    }

    fn stream(&mut self, state: &Value, path: &str) {
        let descriptor = state.get("stream_descriptor");
        let Some(name) = descriptor.and_then(|descriptor| descriptor.get("name")).and_then(Value::as_str)
        else {
            self.problems.add(&format!("{path}.stream_descriptor.name"), "must be the name of a stream");
            return;
        };
        let mut key = StreamDescriptor::new(name);
        key.namespace =
            descriptor.and_then(|descriptor| descriptor.get("namespace")?.as_str()).map(str::to_owned);
        self.add(key, state.get("stream_state").unwrap_or(&Value::Null), &format!("{path}.stream_state"));
    }

    fn add(&mut self, descriptor: StreamDescriptor, state: &Value, path: &str) {
        match state {
            Value::Null => {}
            Value::Object(state) if state.keys().all(|key| SENTINELS.contains(&key.as_str())) => {}
            Value::Object(state) => self.states.0.push((descriptor, state.clone())),
            other => self.problems.add(path, format!("must be an object, not {}", kind_of(other))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: &Value) -> Reader {
        let mut reader = Reader { states: States::default(), problems: Problems::default() };
        reader.file(value);
        reader
    }

    fn position(value: &Value) -> Option<Map<String, Value>> {
        let mut reader = read(value);
        assert!(reader.problems.is_empty(), "{:?}", reader.problems);
        reader.states.take(&StreamDescriptor::new("a"))
    }

    #[test]
    fn every_form_of_a_position_is_read() {
        let stream = json!({"stream_descriptor": {"name": "a", "namespace": null}, "stream_state": {"day": 5}, "id": 3});
        for value in [
            json!([{"type": "STREAM", "stream": stream, "sourceStats": {"recordCount": 1.0}}]),
            json!([{"type": "STREAM", "stream": stream, "global": null, "global_": null, "data": null}]),
            json!([{"type": "GLOBAL", "global": {"shared_state": {}, "stream_states": [stream]}}]),
            json!([{"type": "STATE", "state": {"type": "STREAM", "stream": stream}}]),
            json!({"type": "STREAM", "stream": stream}),
            json!({"type": "LEGACY", "data": {"a": {"day": 5}}}),
            json!({"a": {"day": 5}, "b": {"day": 6}}),
        ] {
            assert_eq!(Value::from(position(&value)), json!({"day": 5}), "{value}");
        }
    }

    #[test]
    fn no_position_is_read_from_nothing() {
        let stream = |state: Value| json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "a"}, "stream_state": state}}]);
        for value in [
            json!(null),
            json!([]),
            json!({}),
            stream(json!(null)),
            stream(json!({"__ab_no_cursor_state_message": true})),
            stream(json!({"__ab_full_refresh_sync_complete": true})),
            json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "a"}}}]),
            json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "b"}, "stream_state": {"day": 1}}}]),
        ] {
            assert_eq!(position(&value), None, "{value}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_named() {
        let value = json!([5, {"type": "STREAM", "stream": {"stream_descriptor": {}}},
            {"type": "STREAM", "stream": {"stream_descriptor": {"name": "a"}, "stream_state": "x"}},
            {"type": "GLOBAL", "global": {"stream_states": {"a": {}}}}]);
        let message = read(&value).problems.into_error("the state").message().to_owned();
        for place in [
            "`[0]`",
            "`[1].stream.stream_descriptor.name`",
            "`[2].stream.stream_state`",
            "`[3].global.stream_states`",
        ] {
            assert!(message.contains(place), "{message}");
        }
        assert!(!message.contains("\"x\""), "{message}");
    }
}
