//! The state of an earlier run, in all the forms in which platforms and people hand it over.
//!
//! A state that is not understood must not look like no state: the read would start from the beginning, and only the number
//! of its records would show it. So there are forms that are recognized by their keys, and a last one, the old object with
//! the state of each stream by its name, that any object would fit. In that one, each name must be a stream that exists.

use super::document::Document;
use super::file::{self, Role, not_json};
use crate::error::{Error, Result};
use crate::problems::{Problems, kind_of, list, shorten};
use crate::protocol::{AirbyteStateBlob, StreamDescriptor};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

/// What the Python CDK writes for a full refresh: no position.
const SENTINELS: [&str; 2] = ["__ab_no_cursor_state_message", "__ab_full_refresh_sync_complete"];

/// The forms to name in an error. Some more are read, for clients that write them.
const EXPECTED: &str = r#"expected a list of STATE messages, as this connector sends them, or an object with the state of each stream: {"name of the stream": {…}}"#;

/// Messages of a connector that are no states, and the keys of what they carry.
const OTHERS: [(&str, &str); 8] = [
    ("RECORD", "record"),
    ("LOG", "log"),
    ("TRACE", "trace"),
    ("CONTROL", "control"),
    ("SPEC", "spec"),
    ("CATALOG", "catalog"),
    ("CONNECTION_STATUS", "connectionStatus"),
    ("DESTINATION_CATALOG", "destination_catalog"),
];

/// The keys of a message, one of which has the state.
const WRAPPERS: [&str; 4] = ["state", "global", "stream", "data"];

/// The keys of a state without the message it came in; the second as the platform's API writes it.
const BARE: [&str; 3] = ["stream_descriptor", "streamDescriptor", "stream_states"];

/// The state of each stream; the last one if there were several.
#[derive(Debug, Default)]
pub(crate) struct States(HashMap<StreamDescriptor, Option<AirbyteStateBlob>>);

impl States {
    /// The state of this stream, if there is one with a position in it.
    pub(crate) fn take(&mut self, descriptor: &StreamDescriptor) -> Option<AirbyteStateBlob> {
        self.0.remove(&descriptor.normalized()).flatten()
    }

    /// Reads what a state file holds; `whose` names it in errors. The `streams` are those that the source has and those
    /// that are configured.
    pub(crate) fn read(
        bytes: &[u8],
        whose: &str,
        streams: impl IntoIterator<Item = StreamDescriptor>,
    ) -> Result<Self> {
        let mut reader = Reader::new(streams);
        let mut documents = serde_json::Deserializer::from_slice(bytes)
            .into_iter::<Document>()
            .map(|document| document.map_err(|error| not_json(whose, bytes, &error, Role::State)));
        match (documents.next().transpose()?, documents.next().transpose()?) {
            (first, None) => {
                let value = first.map(|document| document.without_conflicts("", &mut reader.problems));
                reader.file(value.unwrap_or_default(), "");
            }
            // JSON Lines: what a connector has sent, or the states in it.
            (first, second) => {
                for (index, document) in first.into_iter().chain(second).map(Ok).chain(documents).enumerate()
                {
                    let (document, path) = (document?, format!("[{index}]"));
                    // What is in a record is of no concern here.
                    let value = if document.value.as_object().is_some_and(is_other) {
                        document.value
                    } else {
                        document.without_conflicts(&path, &mut reader.problems)
                    };
                    reader.message(value, &path);
                }
            }
        }
        reader.finish(whose)
    }
}

/// Reads a state file; no file is no state.
pub(crate) fn states(
    path: Option<&Path>,
    streams: impl IntoIterator<Item = StreamDescriptor>,
) -> Result<States> {
    let Some(path) = path else {
        return Ok(States::default());
    };
    States::read(&file::read(path, Role::State)?, &Role::State.called(path), streams)
}

struct Reader {
    /// By their names.
    streams: HashMap<String, HashSet<StreamDescriptor>>,
    states: States,
    problems: Problems,
    /// Whether something was no state, though it was a message.
    skipped: bool,
    /// Streams that have a state, and do not exist.
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

    fn finish(mut self, whose: &str) -> Result<States> {
        if self.skipped && self.states.0.is_empty() && self.problems.is_empty() {
            self.problems.add("", "has messages, but no STATE among them");
        }
        if !self.problems.is_empty() {
            let error = self.problems.into_error(whose);
            return Err(Error::config(format!("{}; {EXPECTED}", error.message())));
        }
        if !self.unknown.is_empty() {
            let called = |stream: &StreamDescriptor| match &stream.namespace {
                Some(namespace) => format!("{namespace}.{}", stream.name),
                None => stream.name.clone(),
            };
            let names: Vec<String> = self.unknown.iter().map(called).collect();
            let names = list(names.iter().map(String::as_str));
            let hint = self.hint(self.unknown.iter().map(|stream| stream.name.as_str()));
            log::warn!("ignoring the state of {names}: there is no such stream{hint}");
        }
        Ok(self.states)
    }

    /// All of a file, or what stood in a message in its place.
    fn file(&mut self, value: Value, path: &str) {
        match value {
            Value::Null if path.is_empty() => {}
            Value::Array(messages) => {
                for (index, message) in messages.into_iter().enumerate() {
                    self.message(message, &format!("{path}[{index}]"));
                }
            }
            Value::Object(object)
                if object.iter().all(|(name, state)| self.streams.contains_key(name) && !is_bare(state)) =>
            {
                self.by_name(object, path);
            }
            Value::Object(object) => {
                if let Some(by_name) = self.object(object, path) {
                    self.by_name(by_name, path);
                }
            }
            other => {
                self.problems.add(path, format!("must be a list of STATE messages, not {}", kind_of(&other)))
            }
        }
    }

    /// One entry of a list, or one line.
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

    /// Reads an object that its keys say how to read, and hands back any other. Null keys and unknown ones are legal:
    /// clients write both.
    fn object(&mut self, mut object: AirbyteStateBlob, path: &str) -> Option<AirbyteStateBlob> {
        let within = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let given = |key: &str| object.get(key).is_some_and(|value| !value.is_null());
        let ty = object.get("type").and_then(Value::as_str);
        if is_other(&object) {
            self.skipped = true;
            return None;
        }
        // The state of a stream by its name beside something else is neither form: one of them would be lost.
        if object.iter().any(|(key, value)| {
            value.is_object() && !WRAPPERS.contains(&key.as_str()) && self.streams.contains_key(key)
        }) {
            return Some(object);
        }
        // What a type asks for; and without a type that is known, what is there. Older messages had the state of all
        // streams in `data` too.
        let key = match ty {
            Some("STATE") => Some("state"),
            Some("STREAM") => Some("stream"),
            Some("GLOBAL") => Some("global"),
            Some("LEGACY") => Some("data"),
            // Beside a state without the message it came in, which is the last one, tap-airbyte has all of them.
            _ if given("airbyte_state") => Some("airbyte_state"),
            _ if BARE.iter().any(|key| given(key)) => None,
            _ => WRAPPERS.into_iter().find(|key| given(key)),
        };
        match key.map(|key| (key, object.remove(key).unwrap_or_default())) {
            Some((key @ "global", value)) => self.global(value, &within(key)),
            Some((key @ "stream", value)) => self.stream(value, &within(key)),
            // Once no stream has a state, that is what the old form says.
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
            None if BARE.iter().any(|key| object.contains_key(*key)) => self.stream(object.into(), path),
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
            _ => self.problems.add(&path, "must be a list of states"),
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
                let problem = format!("must be text, not {}", kind_of(other));
                return self.problems.add(&within("stream_descriptor.namespace"), problem);
            }
        }
        // The state may be absent; but not if it stands under another key.
        let is_position = |value: &Value| value.as_object().is_some_and(|object| !object.is_empty());
        let elsewhere = stream.as_object().and_then(|rest| rest.iter().find(|(_, value)| is_position(value)));
        if let (None, Some((other, _))) = (&state, elsewhere) {
            return self
                .problems
                .add(&within("stream_state"), format!("is missing, and there is `{}`", shorten(other)));
        }
        let key = key.normalized();
        if !self.streams.get(name).is_some_and(|streams| streams.contains(&key)) {
            self.unknown.insert(key.clone());
        }
        self.add(key, state.unwrap_or_default(), &within("stream_state"));
    }

    /// The state of each stream by its name, without its namespace.
    fn by_name(&mut self, states: AirbyteStateBlob, path: &str) {
        let within = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let mut unknown = Vec::new();
        for (name, state) in states {
            let found = self.streams.get(&name).map(|streams| streams.iter().cloned().collect::<Vec<_>>());
            match found.as_deref() {
                Some([stream]) => self.add(stream.clone(), state, &within(&name)),
                Some(_) => self.problems.add(
                    &within(&name),
                    "is the name of several streams; pass STATE messages, which name the namespace",
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
                .add("", format!("is not valid: {names} {is} of this source{hint}, which has {streams}"));
        }
    }

    /// The stream that is meant by the first name that differs from one in capitals and punctuation only.
    fn hint<'n>(&self, names: impl Iterator<Item = &'n str>) -> String {
        let plain = |name: &str| -> String {
            name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let streams: HashMap<String, &String> =
            self.streams.keys().map(|stream| (plain(stream), stream)).collect();
        let meant =
            names.filter(|name| !self.streams.contains_key(*name)).find_map(|name| streams.get(&plain(name)));
        meant.map_or_else(String::new, |stream| format!(" (did you mean `{stream}`?)"))
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

/// Whether this is a message that is no state.
fn is_other(message: &AirbyteStateBlob) -> bool {
    let ty = message.get("type").and_then(Value::as_str);
    let given = |key: &str| message.get(key).is_some_and(|value| !value.is_null());
    OTHERS.iter().any(|(name, key)| Some(*name) == ty && given(key))
}

fn is_bare(state: &Value) -> bool {
    BARE.iter().any(|key| state.get(key).is_some())
}

#[cfg(test)]
mod tests;
