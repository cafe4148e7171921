//! Everything that is wrong with an input, gathered before anything is said: places and reasons, never values.

use crate::error::Error;
use serde_json::Value;

/// The list of what is wrong with one input.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<String>);

impl Problems {
    /// `path` is empty for the input as a whole; `text` goes on after it: "must be …", "is missing".
    pub(crate) fn add(&mut self, path: &str, text: impl AsRef<str>) {
        self.0.push(match path {
            "" => text.as_ref().to_owned(),
            path => format!("`{path}` {}", text.as_ref()),
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each with its place.
    pub(crate) fn list(&self) -> &[String] {
        &self.0
    }

    /// One config error that lists them all, beginning with what was read.
    pub(crate) fn into_error(self, what: &str) -> Error {
        Error::config(match self.0.as_slice() {
            [one] if !one.starts_with('`') => format!("{what} {one}"),
            [one] => format!("{what} is not valid: {one}"),
            many => format!("{what} is not valid in {} places: {}", many.len(), many.join("; ")),
        })
    }
}

/// What a JSON value is, in words.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
