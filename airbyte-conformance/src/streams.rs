//! Streams of a catalog, and how they are identified.

use serde_json::Value;
use std::fmt::Display;

/// The name and the namespace of a stream. No namespace and an empty one are the same.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) struct Key {
    name: String,
    namespace: String,
}

impl Key {
    /// Returns the key in a stream or a descriptor.
    pub(super) fn of(descriptor: &Value) -> Self {
        let text = |key: &str| descriptor[key].as_str().unwrap_or_default().to_owned();
        Self { name: text("name"), namespace: text("namespace") }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn of_record(record: &Value) -> Self {
        Self { name: record["stream"].as_str().unwrap_or_default().to_owned(), ..Self::of(record) }
    }
}

impl Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, namespace } = self;
        if namespace.is_empty() { write!(f, "{name}") } else { write!(f, "{namespace}.{name}") }
    }
}

/// A stream of the catalog.
#[derive(Clone)]
pub(super) struct Stream {
    pub(super) key: Key,
    pub(super) value: Value,
}

impl Stream {
    pub(super) fn supports(&self, sync_mode: &str) -> bool {
        self.value["supported_sync_modes"]
            .as_array()
            .is_some_and(|modes| modes.iter().any(|mode| mode == sync_mode))
    }

    pub(super) fn is_resumable(&self) -> bool {
        self.value["is_resumable"] == true
    }

    pub(super) fn cursor(&self) -> Vec<&str> {
        path(&self.value["default_cursor_field"])
    }

    pub(super) fn primary_key(&self) -> Vec<Vec<&str>> {
        self.value["source_defined_primary_key"].as_array().into_iter().flatten().map(path).collect()
    }

    /// Returns the schema of the field at this path.
    pub(super) fn field(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(&self.value["json_schema"], |schema, name| schema["properties"].get(name))
    }
}

fn path(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Returns the value at this path of a record.
pub(super) fn at<'a>(data: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(data, |value, name| &value[name])
}

/// Returns the streams of a configured catalog.
pub(super) fn configured_streams(catalog: &Value) -> Vec<Key> {
    let streams = catalog["streams"].as_array();
    streams.into_iter().flatten().map(|configured| Key::of(&configured["stream"])).collect()
}
