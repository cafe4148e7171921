//! Where in a configuration a value stands, and what is wrong there.

use super::field::URL_IN_WORDS;
use crate::http::url;
use crate::problems::{Problems, kind_of};
use airbyte_spec_rules::Pattern;
use serde_json::Value;

/// Where in the configuration a value stands; takes notes of what is wrong there.
pub struct Place<'a> {
    path: String,
    problems: &'a mut Problems,
    secrets: &'a mut Vec<String>,
    /// Whether the field that stands here allows a secret to be blank.
    pub(super) allows_blank: bool,
}

impl<'a> Place<'a> {
    /// The configuration as a whole.
    pub(super) fn top(problems: &'a mut Problems, secrets: &'a mut Vec<String>) -> Self {
        Self { path: String::new(), problems, secrets, allows_blank: false }
    }

    /// Notes down what is wrong here: "must be …". Never put the value into it.
    pub fn problem(&mut self, text: impl AsRef<str>) {
        self.problems.add(&self.path, text);
    }

    /// The usual note: what is expected, and what kind of value is there.
    pub(super) fn unexpected<T>(&mut self, expected: &str, found: &Value) -> Option<T> {
        match found {
            // A number in the place of a number is the wrong number.
            Value::Number(_) if expected.contains("number") => self.problem(format!("must be {expected}")),
            _ => self.problem(format!("must be {expected}, not {}", kind_of(found))),
        }
        None
    }

    /// The field of this name in the object that stands here.
    pub(super) fn field(&mut self, name: &str) -> Place<'_> {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        self.at(path)
    }

    /// The element of this index in the list that stands here.
    pub(super) fn element(&mut self, index: usize) -> Place<'_> {
        self.at(format!("{}[{index}]", self.path))
    }

    /// The same place, for somebody else to write on.
    pub(super) fn again(&mut self) -> Place<'_> {
        self.at(self.path.clone())
    }

    fn at(&mut self, path: String) -> Place<'_> {
        Place { path, problems: self.problems, secrets: self.secrets, allows_blank: false }
    }

    /// The same place, whose notes go elsewhere: for secrets in a value that is refused already.
    pub(super) fn aside<'b>(&'b mut self, problems: &'b mut Problems) -> Place<'b> {
        Place { path: self.path.clone(), problems, secrets: self.secrets, allows_blank: false }
    }

    /// Keeps a text out of whatever is said from now on.
    pub(super) fn secret(&mut self, text: String) {
        self.secrets.push(text);
    }

    /// Whether a text matches; a note if not.
    pub(super) fn matches(&mut self, text: &str, pattern: Option<&str>, words: Option<&str>) -> bool {
        let Some(pattern) = pattern else { return true };
        match Pattern::new(pattern) {
            Ok(pattern) if pattern.is_match(text) => return true,
            Ok(_) => {
                self.problem(format!("must be {}", words.unwrap_or(&format!("text that matches {pattern}"))))
            }
            // A fault of the connector, which its tests and debug builds report.
            Err(error) => self.problem(format!("cannot be checked: {error}")),
        }
        false
    }

    /// Whether a text is a URL that requests can be made of; a note of what is wrong with it if not.
    pub(super) fn is_url(&mut self, text: &str) -> bool {
        let Some(fault) = url::base_fault(text) else { return true };
        self.problem(format!("must be {URL_IN_WORDS}: {fault}"));
        false
    }

    /// Whether there are neither too few nor too many of something; a note if not.
    pub(super) fn counts(&mut self, count: usize, least: Option<u64>, most: Option<u64>, one: &str) -> bool {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let words = |number: u64| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
        if let Some(least) = least.filter(|least| count < *least) {
            self.problem(format!("must have at least {}", words(least)));
            return false;
        }
        if let Some(most) = most.filter(|most| count > *most) {
            self.problem(format!("must have at most {}", words(most)));
            return false;
        }
        true
    }
}
