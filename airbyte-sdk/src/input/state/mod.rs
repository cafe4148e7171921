//! The state of an earlier run, in all formats that platforms, tools and people pass.
//!
//! Problem: a state that is not understood must not be taken for an empty one, because the read would then silently start
//! from the beginning. But the oldest format, an object with the state of each stream by its name, matches any object.
//! Idea: all other formats are recognized by their keys first, and in the oldest format each name must be a known stream.
//! What must stay true: every state is either read completely or an error; only unknown streams in a recognized format are
//! ignored, with a warning.

use super::document::Document;
use super::file::{self, Role, invalid_json};
use crate::error::{Error, Result};
use crate::problems::{Problems, kind_of, list, shorten};
use crate::protocol::{AirbyteStateBlob, StreamDescriptor};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

/// Keys that the Python CDK writes for a full refresh. They contain no position.
const SENTINELS: [&str; 2] = ["__ab_no_cursor_state_message", "__ab_full_refresh_sync_complete"];

/// The formats named in an error. More are accepted, for clients that write them.
const EXPECTED: &str = r#"expected an array of STATE messages, as this connector writes them, or an object with the state of each stream: {"stream name": {…}}"#;

/// The types of messages other than STATE, and the keys of their contents.
const OTHER_MESSAGES: [(&str, &str); 8] = [
    ("RECORD", "record"),
    ("LOG", "log"),
    ("TRACE", "trace"),
    ("CONTROL", "control"),
    ("SPEC", "spec"),
    ("CATALOG", "catalog"),
    ("CONNECTION_STATUS", "connectionStatus"),
    ("DESTINATION_CATALOG", "destination_catalog"),
];

/// The keys of a STATE message, one of which contains the state.
const WRAPPERS: [&str; 4] = ["state", "global", "stream", "data"];

/// The keys of a state without its message. The platform's API writes the second.
const UNWRAPPED: [&str; 3] = ["stream_descriptor", "streamDescriptor", "stream_states"];

/// The state of each stream; the last one if there are several.
#[derive(Debug, Default)]
pub(crate) struct States(HashMap<StreamDescriptor, Option<AirbyteStateBlob>>);

impl States {
    /// Returns the state of this stream, if it has one that is not empty.
    pub(crate) fn get(&self, descriptor: &StreamDescriptor) -> Option<&AirbyteStateBlob> {
        self.0.get(&descriptor.normalized())?.as_ref()
    }

    /// Removes and returns the state of this stream, if it has one that is not empty.
    pub(crate) fn take(&mut self, descriptor: &StreamDescriptor) -> Option<AirbyteStateBlob> {
        self.0.remove(&descriptor.normalized()).flatten()
    }

    /// Reads the contents of a state file; `file` names it in errors. `streams` are those of the source and those of the
    /// configured catalog.
    pub(crate) fn read(
        bytes: &[u8],
        file: &str,
        streams: impl IntoIterator<Item = StreamDescriptor>,
    ) -> Result<Self> {
        let mut reader = Reader::new(streams);
        let mut documents = serde_json::Deserializer::from_slice(bytes)
            .into_iter::<Document>()
            .map(|document| document.map_err(|error| invalid_json(file, bytes, &error, Role::State)));
        match (documents.next().transpose()?, documents.next().transpose()?) {
            (first, None) => {
                let value = first.map(|document| document.without_conflicts("", &mut reader.problems));
                reader.file(value.unwrap_or_default(), "");
            }
            // JSON Lines: the output of a connector, or its states.
            (first, second) => {
                for (index, document) in first.into_iter().chain(second).map(Ok).chain(documents).enumerate()
                {
                    let (document, path) = (document?, format!("[{index}]"));
                    // Duplicate keys in a record do not matter.
                    let value = if document.value.as_object().is_some_and(is_other_message) {
                        document.value
                    } else {
                        document.without_conflicts(&path, &mut reader.problems)
                    };
                    reader.message(value, &path);
                }
            }
        }
        reader.finish(file)
    }
}

/// Reads a state file. Without a file there is no state.
pub(crate) fn states(
    path: Option<&Path>,
    streams: impl IntoIterator<Item = StreamDescriptor>,
) -> Result<States> {
    let Some(path) = path else {
        return Ok(States::default());
    };
    States::read(&file::read(path, Role::State)?, &Role::State.describe(path), streams)
}

struct Reader {
    /// The known streams, by name.
    streams: HashMap<String, HashSet<StreamDescriptor>>,
    states: States,
    problems: Problems,
    /// Whether a message other than STATE was skipped.
    skipped: bool,
    /// Unknown streams that have a state.
    unknown: BTreeSet<StreamDescriptor>,
}

impl Reader {
    fn new(streams: impl IntoIterator<Item = StreamDescriptor>) -> Self {
        let mut by_name: HashMap<String, HashSet<StreamDescriptor>> = HashMap::new();
        for stream in streams {
            by_name.entry(stream.name.clone()).or_default().insert(stream.normalized());
        }
        Self {
            streams: by_name,
            states: States::default(),
            problems: Problems::default(),
            skipped: false,
            unknown: BTreeSet::new(),
        }
    }

    fn finish(mut self, file: &str) -> Result<States> {
        if self.skipped && self.states.0.is_empty() && self.problems.is_empty() {
            self.problems.add("", "contains messages, but no STATE message");
        }
        if !self.problems.is_empty() {
            let error = self.problems.into_error(file);
            return Err(Error::config(format!("{}; {EXPECTED}", error.message())));
        }
        if !self.unknown.is_empty() {
            let full_name = |stream: &StreamDescriptor| match &stream.namespace {
                Some(namespace) => format!("{namespace}.{}", stream.name),
                None => stream.name.clone(),
            };
            let names: Vec<String> = self.unknown.iter().map(full_name).collect();
            let names = list(names.iter().map(String::as_str));
            let hint = self.hint(self.unknown.iter().map(|stream| stream.name.as_str()));
            log::warn!("ignoring the state of {names}: no such stream{hint}");
        }
        Ok(self.states)
    }

    /// Reads a whole file, or the contents of a message.
    fn file(&mut self, value: Value, path: &str) {
        match value {
            Value::Null if path.is_empty() => {}
            Value::Array(messages) => {
                for (index, message) in messages.into_iter().enumerate() {
                    self.message(message, &format!("{path}[{index}]"));
                }
            }
            Value::Object(object)
                if object
                    .iter()
                    .all(|(name, state)| self.streams.contains_key(name) && !is_unwrapped(state)) =>
            {
                self.by_name(object, path);
            }
            Value::Object(object) => {
                if let Some(by_name) = self.object(object, path) {
                    self.by_name(by_name, path);
                }
            }
            other => self
                .problems
                .add(path, format!("must be an array of STATE messages, not {}", kind_of(&other))),
        }
    }

    /// Reads one element of an array, or one line.
    fn message(&mut self, value: Value, path: &str) {
        match value {
            Value::Object(object) => {
                if self.object(object, path).is_some() {
                    self.problems.add(path, "must be a STATE message: an object with `stream` or `global`");
                }
            }
            other => {
                self.problems.add(path, format!("must be a STATE message, not {}", kind_of(&other)));
            }
        }
    }

    /// Reads an object whose format its keys determine, and returns any other. Unknown keys and null values are accepted,
    /// because clients write both.
    fn object(&mut self, mut object: AirbyteStateBlob, path: &str) -> Option<AirbyteStateBlob> {
        let within = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let given = |key: &str| object.get(key).is_some_and(|value| !value.is_null());
        let ty = object.get("type").and_then(Value::as_str);
        if is_other_message(&object) {
            self.skipped = true;
            return None;
        }
        // A stream's name together with other keys matches no format: one of the two states would be lost.
        if object.iter().any(|(key, value)| {
            value.is_object() && !WRAPPERS.contains(&key.as_str()) && self.streams.contains_key(key)
        }) {
            return Some(object);
        }
        // The key that the type requires or, without a known type, the first one that is present. Older messages contain
        // the state of all streams in `data` as well.
        let key = match ty {
            Some("STATE") => Some("state"),
            Some("STREAM") => Some("stream"),
            Some("GLOBAL") => Some("global"),
            Some("LEGACY") => Some("data"),
            // tap-airbyte writes the last state without its message, and all states in `airbyte_state`.
            _ if given("airbyte_state") => Some("airbyte_state"),
            _ if UNWRAPPED.iter().any(|key| given(key)) => None,
            _ => WRAPPERS.into_iter().find(|key| given(key)),
        };
        match key.map(|key| (key, object.remove(key).unwrap_or_default())) {
            Some((key @ "global", value)) => self.global(value, &within(key)),
            Some((key @ "stream", value)) => self.stream(value, &within(key)),
            // The oldest format, if no stream has a state.
            Some(("data", Value::Object(streams))) if streams.is_empty() => {}
            Some((key, Value::Object(state))) if !state.is_empty() => self.file(state.into(), &within(key)),
            Some((key, Value::Array(states))) if key != "data" => self.file(states.into(), &within(key)),
            Some((key, other)) => self.problems.add(
                &within(key),
                format!(
                    "must be a state, not {}",
                    if other.is_object() { "an empty object" } else { kind_of(&other) }
                ),
            ),
            None if object.contains_key("stream_states") => self.global(object.into(), path),
            None if UNWRAPPED.iter().any(|key| object.contains_key(*key)) => self.stream(object.into(), path),
            None => return Some(object),
        }
        None
    }

    fn global(&mut self, mut global: Value, path: &str) {
        let shared = global.get("shared_state");
        if shared.is_some_and(|shared| {
            !shared.is_null() && shared.as_object().is_none_or(|shared| !shared.is_empty())
        }) {
            log::warn!("ignoring the shared state, which this connector does not use");
        }
        let path = if path.is_empty() { "stream_states".to_owned() } else { format!("{path}.stream_states") };
        match global.get_mut("stream_states").map(Value::take) {
            Some(Value::Array(streams)) => {
                for (index, state) in streams.into_iter().enumerate() {
                    self.stream(state, &format!("{path}[{index}]"));
                }
            }
            _ => self.problems.add(&path, "must be an array of states"),
        }
    }

    fn stream(&mut self, mut stream: Value, path: &str) {
        let within = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let mut take = |keys: [&str; 2]| keys.into_iter().find_map(|key| stream.as_object_mut()?.remove(key));
        let descriptor = take(["stream_descriptor", "streamDescriptor"]).unwrap_or_default();
        let state = take(["stream_state", "streamState"]);
        let Some(name) = descriptor.get("name").and_then(Value::as_str) else {
            self.problems.add(&within("stream_descriptor.name"), "must be the name of a stream");
            return;
        };
        let mut key = StreamDescriptor::new(name);
        match descriptor.get("namespace") {
            None | Some(Value::Null) => {}
            Some(Value::String(namespace)) => key.namespace = Some(namespace.clone()),
            Some(other) => {
                let problem = format!("must be a string, not {}", kind_of(other));
                return self.problems.add(&within("stream_descriptor.namespace"), problem);
            }
        }
        // The state may be missing, but not if another key seems to contain it.
        let is_position = |value: &Value| value.as_object().is_some_and(|object| !object.is_empty());
        let elsewhere = stream.as_object().and_then(|rest| rest.iter().find(|(_, value)| is_position(value)));
        if let (None, Some((other, _))) = (&state, elsewhere) {
            return self
                .problems
                .add(&within("stream_state"), format!("is missing; found `{}` instead", shorten(other)));
        }
        let key = key.normalized();
        if !self.streams.get(name).is_some_and(|streams| streams.contains(&key)) {
            self.unknown.insert(key.clone());
        }
        self.add(key, state.unwrap_or_default(), &within("stream_state"));
    }

    /// Reads an object with the state of each stream by its name, without namespaces.
    fn by_name(&mut self, states: AirbyteStateBlob, path: &str) {
        let within = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let mut unknown = Vec::new();
        for (name, state) in states {
            let found = self.streams.get(&name).map(|streams| streams.iter().cloned().collect::<Vec<_>>());
            match found.as_deref() {
                Some([stream]) => self.add(stream.clone(), state, &within(&name)),
                Some(_) => self.problems.add(
                    &within(&name),
                    "is the name of several streams; pass STATE messages, which contain the namespace",
                ),
                None => unknown.push(name),
            }
        }
        if !unknown.is_empty() {
            let is = if unknown.len() == 1 { "is not a stream" } else { "are not streams" };
            let hint = self.hint(unknown.iter().map(String::as_str));
            let names: Vec<String> = unknown.iter().map(|name| within(name)).collect();
            let names = list(names.iter().map(String::as_str));
            let mut streams: Vec<&str> = self.streams.keys().map(String::as_str).collect();
            streams.sort_unstable();
            let streams = list(streams);
            self.problems
                .add("", format!("is not valid: {names} {is} of this source{hint}; its streams: {streams}"));
        }
    }

    /// Returns a suggestion for the first name that differs from a stream's name only in case and punctuation.
    fn hint<'n>(&self, names: impl Iterator<Item = &'n str>) -> String {
        let plain = |name: &str| -> String {
            name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let streams: HashMap<String, &String> =
            self.streams.keys().map(|stream| (plain(stream), stream)).collect();
        let similar =
            names.filter(|name| !self.streams.contains_key(*name)).find_map(|name| streams.get(&plain(name)));
        similar.map_or_else(String::new, |stream| format!(" (did you mean `{stream}`?)"))
    }

    fn add(&mut self, stream: StreamDescriptor, state: Value, path: &str) {
        let state = match state {
            Value::Null => None,
            Value::Object(state) if state.keys().all(|key| SENTINELS.contains(&key.as_str())) => None,
            Value::Object(state) => Some(state),
            other => {
                return self.problems.add(path, format!("must be an object, not {}", kind_of(&other)));
            }
        };
        self.states.0.insert(stream, state);
    }
}

/// Returns whether this is a message other than STATE.
fn is_other_message(message: &AirbyteStateBlob) -> bool {
    let ty = message.get("type").and_then(Value::as_str);
    let given = |key: &str| message.get(key).is_some_and(|value| !value.is_null());
    OTHER_MESSAGES.iter().any(|(name, key)| Some(*name) == ty && given(key))
}

fn is_unwrapped(state: &Value) -> bool {
    UNWRAPPED.iter().any(|key| state.get(key).is_some())
}

#[cfg(test)]
mod tests;
