//! Collects all problems of an input, to report them together: paths and reasons, never values.

use crate::error::Error;
use serde_json::Value;
use std::borrow::Cow;

/// How many problems an error lists. A catalog may have thousands of streams with the same problem.
const MAX_PROBLEMS: usize = 20;

/// The problems of one input.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<String>);

impl Problems {
    /// Adds a problem. `path` is empty for the input as a whole; `text` is appended to it: "must be …", "is missing".
    pub(crate) fn add(&mut self, path: &str, text: impl AsRef<str>) {
        self.0.push(match path {
            "" => text.as_ref().to_owned(),
            path => format!("`{}` {}", shorten(path), text.as_ref()),
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the problems, each with its path.
    pub(crate) fn list(&self) -> &[String] {
        &self.0
    }

    /// Returns one config error that lists the problems; `what` names the input.
    pub(crate) fn into_error(self, what: &str) -> Error {
        Error::config(match self.0.as_slice() {
            [one] if !one.starts_with('`') => format!("{what} {one}"),
            [one] => format!("{what} is not valid: {one}"),
            many => {
                let listed = many.get(..MAX_PROBLEMS).unwrap_or(many).join("; ");
                let more = match many.len().saturating_sub(MAX_PROBLEMS) {
                    0 => String::new(),
                    more => format!("; and {more} more"),
                };
                format!("{what} is not valid in {} places: {listed}{more}", many.len())
            }
        })
    }
}

/// Lists the first of these names, and the number of the others.
pub(crate) fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut names = names.into_iter();
    let mut listed: Vec<String> =
        names.by_ref().take(MAX_NAMES).map(|name| format!("`{}`", shorten(name))).collect();
    let more = names.count();
    if more > 0 {
        listed.push(format!("and {more} more"));
    }
    listed.join(", ")
}

/// Shortens a name for a message, because a name in an input may have any length.
pub(crate) fn shorten(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(MAX_NAME_LENGTH) {
        Some((end, _)) => Cow::Owned(format!("{}…", &name[..end])),
        None => Cow::Borrowed(name),
    }
}

const MAX_NAME_LENGTH: usize = 80;

const MAX_NAMES: usize = 10;

/// Names the type of a JSON value.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_of_names_is_bounded() {
        let names: Vec<String> = (0..30).map(|number| format!("{number}{}", "x".repeat(100))).collect();
        let listed = list(names.iter().map(String::as_str));
        assert!(listed.starts_with(&format!("`0{}…`, `1x", "x".repeat(79))), "{listed}");
        assert!(listed.ends_with("x…`, and 20 more"), "{listed}");
        assert_eq!(list(["a", "b"]), "`a`, `b`");
    }

    #[test]
    fn error_lists_a_bounded_number_of_problems() {
        let mut problems = Problems::default();
        (0..25).for_each(|number| problems.add(&format!("[{number}]"), "is wrong"));
        let error = problems.into_error("the file");
        assert!(
            error
                .message()
                .starts_with("the file is not valid in 25 places: `[0]` is wrong; `[1]` is wrong; ")
        );
        assert!(error.message().ends_with("`[19]` is wrong; and 5 more"), "{error}");
    }
}
