//! JSON with its duplicate keys reported.
//!
//! `serde_json` keeps the last value of a duplicate key and drops the others. In a state that could lose a position, and in
//! a configuration a secret would not be redacted.

use crate::problems::Problems;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt::{self, Formatter};

/// A document and the paths of its duplicate keys.
pub(super) struct Document {
    pub(super) value: Value,
    /// Paths of keys whose values differ and are not null.
    conflicts: Vec<String>,
    /// Paths of the other duplicate keys.
    repeats: Vec<String>,
}

impl Document {
    /// Returns the value and reports keys with different values. Equal values and nulls are accepted, because some clients
    /// write a key twice, with the same value or with null.
    pub(super) fn without_conflicts(self, path: &str, problems: &mut Problems) -> Value {
        for key in &self.conflicts {
            problems.add(&join(path, key), "occurs more than once, with different values");
        }
        self.value
    }

    /// Returns the value and reports all duplicate keys.
    pub(super) fn without_repeats(self, problems: &mut Problems) -> Value {
        for key in self.conflicts.iter().chain(&self.repeats) {
            problems.add(key, "occurs more than once; remove all but one");
        }
        self.value
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (mut conflicts, mut repeats) = (Vec::new(), Vec::new());
        let value = Node { conflicts: &mut conflicts, repeats: &mut repeats }.deserialize(deserializer)?;
        Ok(Self { value, conflicts, repeats })
    }
}

/// Joins two paths.
fn join(outer: &str, inner: &str) -> String {
    if outer.is_empty() || inner.starts_with('[') {
        format!("{outer}{inner}")
    } else {
        format!("{outer}.{inner}")
    }
}

/// Reads one value. The paths that it reports are relative to the value.
struct Node<'f> {
    conflicts: &'f mut Vec<String>,
    repeats: &'f mut Vec<String>,
}

impl Node<'_> {
    fn inner(&mut self) -> Node<'_> {
        Node { conflicts: self.conflicts, repeats: self.repeats }
    }

    fn counts(&self) -> (usize, usize) {
        (self.conflicts.len(), self.repeats.len())
    }

    /// Prefixes the paths that were added after these counts.
    fn prefix(&mut self, (conflicts, repeats): (usize, usize), outer: impl Fn() -> String) {
        for path in self.conflicts.iter_mut().skip(conflicts).chain(self.repeats.iter_mut().skip(repeats)) {
            *path = join(&outer(), path);
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let before = self.counts();
            let Some(element) = elements.next_element_seed(self.inner())? else { return Ok(list.into()) };
            let index = list.len();
            self.prefix(before, || format!("[{index}]"));
            list.push(element);
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let before = self.counts();
            let value = entries.next_value_seed(self.inner())?;
            self.prefix(before, || key.clone());
            let Some(other) = map.get_mut(&key) else {
                map.insert(key, value);
                continue;
            };
            let harmless = value.is_null() || other.is_null() || *other == value;
            if !value.is_null() {
                *other = value;
            }
            if harmless { self.repeats.push(key) } else { self.conflicts.push(key) }
        }
        Ok(arbitrary_precision(&map).unwrap_or(Value::Object(map)))
    }
}

/// Returns the number that this object stands for, if another crate enabled serde_json's feature `arbitrary_precision`.
fn arbitrary_precision(map: &Map<String, Value>) -> Option<Value> {
    let text = map.get("$serde_json::private::Number").filter(|_| map.len() == 1)?.as_str()?;
    text.parse::<Number>().ok().map(Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Returns the value and its problems as a state and as a configuration.
    fn read(text: &str) -> (Value, Vec<String>, Vec<String>) {
        let document = || serde_json::from_str::<Document>(text).unwrap();
        let (mut state, mut config) = (Problems::default(), Problems::default());
        let value = document().without_conflicts("", &mut state);
        document().without_repeats(&mut config);
        (value, state.list().to_vec(), config.list().to_vec())
    }

    #[test]
    fn documents_equal_those_of_serde_json() {
        for text in [
            r#"{"b": [1, -2, 1.5, 18446744073709551615, 1e300, true, null, "\u00e9\n"], "a": {"c": {}, "d": []}}"#,
            "5",
            "null",
            r#""x""#,
        ] {
            let (value, state, config) = read(text);
            assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
            assert_eq!(value.to_string(), serde_json::from_str::<Value>(text).unwrap().to_string());
            assert!(state.is_empty() && config.is_empty());
        }
        assert!(serde_json::from_str::<Document>(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn key_with_different_values_is_a_conflict_at_any_depth() {
        for (text, path) in [
            (r#"{"a": 1, "a": 2}"#, "a"),
            (r#"{"a": {"x": 1}, "a": {}}"#, "a"),
            (r#"{"a": {"x": null}, "a": {}}"#, "a"),
            (r#"{"k": [0, {"a": 1, "\u0061": "1"}]}"#, "k[1].a"),
            (r#"[[{"s": {"parts": {"T": {"d": 1}, "T": {}}}}]]"#, "[0][0].s.parts.T"),
        ] {
            let (_, state, config) = read(text);
            assert_eq!(state, [format!("`{path}` occurs more than once, with different values")]);
            assert_eq!(config, [format!("`{path}` occurs more than once; remove all but one")]);
        }
    }

    #[test]
    fn null_and_equal_values_are_accepted_in_a_state() {
        for text in [
            r#"{"a": {"x": 1}, "a": null}"#,
            r#"{"a": null, "a": {"x": 1}}"#,
            r#"{"a": {"x": 1}, "a": {"x": 1}}"#,
        ] {
            let (value, state, config) = read(text);
            assert_eq!((value, state.len(), config.len()), (json!({"a": {"x": 1}}), 0, 1), "{text}");
        }
    }
}
