//! The position of a value in a configuration, and the problems found there.

use super::field::URL_IN_WORDS;
use crate::http::url;
use crate::problems::{Problems, kind_of};
use airbyte_spec_rules::Pattern;
use serde_json::Value;

/// The position of a value in the configuration; records problems with the value.
pub struct Place<'a> {
    path: String,
    problems: &'a mut Problems,
    secrets: &'a mut Vec<String>,
    /// Whether the field at this position accepts a blank secret.
    pub(super) allows_blank: bool,
}

impl<'a> Place<'a> {
    /// Returns the configuration as a whole.
    pub(super) fn top(problems: &'a mut Problems, secrets: &'a mut Vec<String>) -> Self {
        Self { path: String::new(), problems, secrets, allows_blank: false }
    }

    /// Records a problem with the value, such as "must be …". The text must not contain the value.
    pub fn problem(&mut self, text: impl AsRef<str>) {
        self.problems.add(&self.path, text);
    }

    /// Records that a value has the wrong type: what is expected, and what was found.
    pub(super) fn unexpected<T>(&mut self, expected: &str, found: &Value) -> Option<T> {
        match found {
            // "must be an integer, not a number" would be confusing for 1.5.
            Value::Number(_) if expected.contains("number") || expected.contains("integer") => {
                self.problem(format!("must be {expected}"));
            }
            _ => self.problem(format!("must be {expected}, not {}", kind_of(found))),
        }
        None
    }

    /// Returns the position of the field with this name in the object at this position.
    pub(super) fn field(&mut self, name: &str) -> Place<'_> {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        self.at(path)
    }

    /// Returns the position of an element in the array at this position.
    pub(super) fn element(&mut self, index: usize) -> Place<'_> {
        self.at(format!("{}[{index}]", self.path))
    }

    /// Returns the same position, by reference to the same lists of problems and secrets.
    pub(super) fn reborrow(&mut self) -> Place<'_> {
        self.at(self.path.clone())
    }

    fn at(&mut self, path: String) -> Place<'_> {
        Place { path, problems: self.problems, secrets: self.secrets, allows_blank: false }
    }

    /// Returns the same position with another list of problems: for collecting the secrets of a value that was already rejected.
    pub(super) fn with_problems<'b>(&'b mut self, problems: &'b mut Problems) -> Place<'b> {
        Place { path: self.path.clone(), problems, secrets: self.secrets, allows_blank: false }
    }

    /// Records a secret, which will be blanked in all messages.
    pub(super) fn secret(&mut self, text: String) {
        self.secrets.push(text);
    }

    /// Returns whether a string matches; records a problem if not.
    pub(super) fn matches(&mut self, text: &str, pattern: Option<&str>, description: Option<&str>) -> bool {
        let Some(pattern) = pattern else { return true };
        match Pattern::new(pattern) {
            Ok(pattern) if pattern.is_match(text) => return true,
            Ok(_) => self.problem(format!(
                "must be {}",
                description.unwrap_or(&format!("text that matches {pattern}"))
            )),
            // A fault of the connector, which its tests and debug builds report.
            Err(error) => self.problem(format!("cannot be checked: {error}")),
        }
        false
    }

    /// Returns whether a string is a valid base URL for requests; records a problem if not.
    pub(super) fn is_url(&mut self, text: &str) -> bool {
        let Some(fault) = url::base_fault(text) else { return true };
        self.problem(format!("must be {URL_IN_WORDS}: {fault}"));
        false
    }

    /// Returns whether a count is within its limits; records a problem if not.
    pub(super) fn counts(&mut self, count: usize, least: Option<u64>, most: Option<u64>, one: &str) -> bool {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let counted = |number: u64| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
        if let Some(least) = least.filter(|least| count < *least) {
            self.problem(format!("must have at least {}", counted(least)));
            return false;
        }
        if let Some(most) = most.filter(|most| count > *most) {
            self.problem(format!("must have at most {}", counted(most)));
            return false;
        }
        true
    }
}
