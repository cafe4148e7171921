//! The state of an earlier run, in all formats that platforms, tools and people pass.
//!
//! Problem: a state that is not understood must not be taken for an empty one, because the read would then silently start
//! from the beginning. But the oldest format, an object with the state of each stream by its name, matches any object.
//! Idea: all other formats are recognized by their keys first, and in the oldest format each name must be a known stream.
//! What must stay true: every state is either read completely or an error; only unknown streams in a recognized format are
//! ignored, with a warning. Memory does not grow with more than the text: a state may have very many positions.

use super::document::Document;
use super::file::{self, Role, invalid_json};
use crate::error::{Error, Result};
use crate::json_text::{CheckedText, Fields, JsonText};
use crate::problems::{Problems, kind_of, list, shorten};
use crate::protocol::StreamDescriptor;
use serde_json::{Map, Value};
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
pub(crate) struct States(HashMap<StreamDescriptor, Option<JsonText>>);

impl States {
    /// Returns the state of this stream, if it has one that is not empty.
    pub(crate) fn get(&self, descriptor: &StreamDescriptor) -> Option<&JsonText> {
        self.0.get(&descriptor.normalized())?.as_ref()
    }

    /// Removes and returns the state of this stream, an object, if it has one that is not empty.
    pub(crate) fn take(&mut self, descriptor: &StreamDescriptor) -> Option<JsonText> {
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
        let mut documents = serde_json::Deserializer::from_slice(bytes).into_iter::<CheckedText>();
        let mut start = 0;
        let mut next = || {
            let document = documents.next()?.map_err(|error| invalid_json(file, bytes, &error, Role::State));
            let end = documents.byte_offset();
            let source = bytes.get(start..end).unwrap_or_default();
            start = end;
            Some(document.map(|document| (document, source)))
        };
        match (next().transpose()?, next().transpose()?) {
            (first, None) => {
                let null = || JsonText::of(&Value::Null);
                let json = first.map_or_else(null, |(document, source)| reader.checked(document, source, ""));
                reader.file(json, "");
            }
            // JSON Lines: the output of a connector, or its states.
            (first, second) => {
                let documents = first.into_iter().chain(second).map(Ok).chain(std::iter::from_fn(next));
                for (index, document) in documents.enumerate() {
                    let ((document, source), path) = (document?, format!("[{index}]"));
                    // Duplicate keys in a record do not matter.
                    let is_other = document.text.fields().is_some_and(|fields| is_other_message(&fields));
                    let json = if is_other { document.text } else { reader.checked(document, source, &path) };
                    reader.message(json, &path);
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

    /// Returns a document without duplicate keys, and reports those with different values. `source` is its text in the file.
    fn checked(&mut self, document: CheckedText, source: &[u8], path: &str) -> JsonText {
        if !document.may_have_duplicates {
            return document.text;
        }
        match serde_json::from_slice::<Document>(source) {
            Ok(values) => JsonText::of(&values.without_conflicts(path, &mut self.problems)),
            Err(_) => document.text,
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
    fn file(&mut self, json: JsonText, path: &str) {
        if json.is_null() && path.is_empty() {
            return;
        }
        if let Some(messages) = json.elements() {
            drop(json);
            for (index, message) in messages.into_iter().enumerate() {
                self.message(message, &format!("{path}[{index}]"));
            }
            return;
        }
        let Some(object) = json.fields() else {
            let problem = format!("must be an array of STATE messages, not {}", kind(&json));
            return self.problems.add(path, problem);
        };
        drop(json);
        if object.iter().all(|(name, state)| self.streams.contains_key(name) && !is_unwrapped(state)) {
            self.by_name(object, path);
        } else if let Some(by_name) = self.object(object, path) {
            self.by_name(by_name, path);
        }
    }

    /// Reads one element of an array, or one line.
    fn message(&mut self, json: JsonText, path: &str) {
        match json.fields() {
            Some(object) => {
                drop(json);
                if self.object(object, path).is_some() {
                    self.problems.add(path, "must be a STATE message: an object with `stream` or `global`");
                }
            }
            None => self.problems.add(path, format!("must be a STATE message, not {}", kind(&json))),
        }
    }

    /// Reads an object whose format its keys determine, and returns any other. Unknown keys and null values are accepted,
    /// because clients write both.
    fn object(&mut self, mut object: Fields, path: &str) -> Option<Fields> {
        let within = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let given = |key: &str| object.get(key).is_some_and(|value| !value.is_null());
        let ty = type_of(&object);
        if is_other_message(&object) {
            self.skipped = true;
            return None;
        }
        // A stream's name together with other keys matches no format: one of the two states would be lost.
        if object.iter().any(|(key, value)| {
            value.is_object() && !WRAPPERS.contains(&key) && self.streams.contains_key(key)
        }) {
            return Some(object);
        }
        // The key that the type requires or, without a known type, the first one that is present. Older messages contain
        // the state of all streams in `data` as well.
        let key = match ty.as_deref() {
            Some("STATE") => Some("state"),
            Some("STREAM") => Some("stream"),
            Some("GLOBAL") => Some("global"),
            Some("LEGACY") => Some("data"),
            // tap-airbyte writes the last state without its message, and all states in `airbyte_state`.
            _ if given("airbyte_state") => Some("airbyte_state"),
            _ if UNWRAPPED.iter().any(|key| given(key)) => None,
            _ => WRAPPERS.into_iter().find(|key| given(key)),
        };
        let Some(key) = key else {
            if object.get("stream_states").is_some() {
                self.global(object, path);
            } else if UNWRAPPED.iter().any(|key| object.get(key).is_some()) {
                self.stream(object, path);
            } else {
                return Some(object);
            }
            return None;
        };
        let value = object.remove(key).unwrap_or_else(|| JsonText::of(&Value::Null));
        drop(object);
        let is_empty = value.get() == "{}";
        match key {
            "global" => self.global(into_fields(value), &within(key)),
            "stream" => self.stream(into_fields(value), &within(key)),
            // The oldest format, if no stream has a state.
            "data" if is_empty => {}
            _ if value.is_object() && !is_empty => self.file(value, &within(key)),
            _ if value.is_array() && key != "data" => self.file(value, &within(key)),
            _ => self.problems.add(
                &within(key),
                format!("must be a state, not {}", if is_empty { "an empty object" } else { kind(&value) }),
            ),
        }
        None
    }

    fn global(&mut self, mut global: Fields, path: &str) {
        let shared = global.get("shared_state");
        if shared.is_some_and(|shared| !matches!(shared.get(), "null" | "{}")) {
            log::warn!("ignoring the shared state, which this connector does not use");
        }
        let path = if path.is_empty() { "stream_states".to_owned() } else { format!("{path}.stream_states") };
        match global.remove("stream_states").and_then(|states| states.elements()) {
            Some(streams) => {
                for (index, state) in streams.into_iter().enumerate() {
                    self.stream(into_fields(state), &format!("{path}[{index}]"));
                }
            }
            None => self.problems.add(&path, "must be an array of states"),
        }
    }

    fn stream(&mut self, mut stream: Fields, path: &str) {
        let within = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let mut take = |keys: [&str; 2]| keys.into_iter().find_map(|key| stream.remove(key));
        let descriptor =
            take(["stream_descriptor", "streamDescriptor"]).map_or(Value::Null, |json| json.to_value());
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
        let is_position = |value: &JsonText| value.is_object() && value.get() != "{}";
        let elsewhere = stream.iter().find(|(_, value)| is_position(value));
        if let (None, Some((other, _))) = (&state, elsewhere) {
            return self
                .problems
                .add(&within("stream_state"), format!("is missing; found `{}` instead", shorten(other)));
        }
        let key = key.normalized();
        if !self.streams.get(name).is_some_and(|streams| streams.contains(&key)) {
            self.unknown.insert(key.clone());
        }
        let state = state.unwrap_or_else(|| JsonText::of(&Value::Null));
        self.add(key, state, &within("stream_state"));
    }

    /// Reads an object with the state of each stream by its name, without namespaces.
    fn by_name(&mut self, states: Fields, path: &str) {
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

    fn add(&mut self, stream: StreamDescriptor, state: JsonText, path: &str) {
        let mut has_position = false;
        let is_object = state.for_each_field(|key, _| has_position |= !SENTINELS.contains(&key.as_str()));
        if !is_object && !state.is_null() {
            return self.problems.add(path, format!("must be an object, not {}", kind(&state)));
        }
        let state = Some(state).filter(|_| has_position);
        self.states.0.insert(stream, state);
    }
}

/// Returns whether this is a message other than STATE.
fn is_other_message(message: &Fields) -> bool {
    let ty = type_of(message);
    let given = |key: &str| message.get(key).is_some_and(|value| !value.is_null());
    OTHER_MESSAGES.iter().any(|(name, key)| Some(*name) == ty.as_deref() && given(key))
}

/// Returns the fields of an object without keeping its text, which may be large; none of another value.
fn into_fields(json: JsonText) -> Fields {
    json.fields().unwrap_or_default()
}

fn type_of(message: &Fields) -> Option<String> {
    serde_json::from_str(message.get("type")?.get()).ok()
}

fn is_unwrapped(state: &JsonText) -> bool {
    state.fields().is_some_and(|fields| UNWRAPPED.iter().any(|key| fields.get(key).is_some()))
}

/// Names the type of a value, however large it is.
fn kind(json: &JsonText) -> &'static str {
    kind_of(&match json {
        _ if json.is_object() => Map::new().into(),
        _ if json.is_array() => Vec::<Value>::new().into(),
        _ => json.to_value(),
    })
}

#[cfg(test)]
mod tests;
