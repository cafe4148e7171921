//! JSON that is kept as text.
//!
//! Problem: the position of a partition takes 40 bytes in a state, but hundreds as a [`Value`], so a state of 100 000
//! partitions would take 60 MB. Idea: a state stays text from its file to the map of positions, and is parsed one level at a
//! time. The text is normalized: it has no white space, so that a line that contains it has no line break.

use serde::Serialize;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Number, Value};
use std::collections::HashSet;
use std::fmt::{self, Formatter};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// Valid JSON without white space. Clones share it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JsonText(Arc<str>);

impl JsonText {
    /// Serializes this value.
    pub(crate) fn of(value: &Value) -> Self {
        Self(value.to_string().into())
    }

    /// Returns an empty object.
    pub(crate) fn empty_object() -> Self {
        Self("{}".into())
    }

    pub(crate) fn get(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_null(&self) -> bool {
        self.get() == "null"
    }

    pub(crate) fn is_object(&self) -> bool {
        self.get().starts_with('{')
    }

    pub(crate) fn is_array(&self) -> bool {
        self.get().starts_with('[')
    }

    /// Returns the elements of an array.
    pub(crate) fn elements(&self) -> Option<Vec<Self>> {
        self.is_array().then(|| serde_json::from_str(self.get()).ok()).flatten()
    }

    /// Returns the keys and values of an object.
    pub(crate) fn fields(&self) -> Option<Fields> {
        let mut fields = Vec::new();
        self.for_each_field(|key, value| fields.push((key, Self(value.into())))).then_some(Fields(fields))
    }

    /// Calls a function with each key of an object, and its value as JSON. Returns whether it is an object.
    pub(crate) fn for_each_field(&self, each: impl FnMut(String, String)) -> bool {
        self.is_object() && serde_json::Deserializer::from_str(self.get()).deserialize_map(Each(each)).is_ok()
    }

    /// Does the same for the object in one field, without a copy of it. Returns whether there is one.
    pub(crate) fn for_each_field_of(&self, key: &str, each: impl FnMut(String, String)) -> bool {
        let mut json = serde_json::Deserializer::from_str(self.get());
        self.is_object() && json.deserialize_map(InField(key, Each(each))).unwrap_or_default()
    }

    /// Parses the text. Objects and arrays may be large; use it for what is known to be small.
    pub(crate) fn to_value(&self) -> Value {
        // The text was serialized, so it can be parsed.
        serde_json::from_str(self.get()).unwrap_or_default()
    }

    /// Parses the text if it is an object.
    pub(crate) fn to_map(&self) -> Option<Map<String, Value>> {
        serde_json::from_str(self.get()).ok()
    }
}

/// The keys and values of an object, in their order.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(String, JsonText)>);

impl Fields {
    pub(crate) fn get(&self, key: &str) -> Option<&JsonText> {
        self.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// Removes a field and returns its value.
    pub(crate) fn remove(&mut self, key: &str) -> Option<JsonText> {
        let place = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.remove(place).1)
    }

    /// Adds a field, or replaces its value.
    pub(crate) fn insert(&mut self, key: &str, value: JsonText) {
        self.remove(key);
        self.0.push((key.to_owned(), value));
    }

    /// Returns the object with these fields.
    pub(crate) fn to_json(&self) -> JsonText {
        let fields = self.iter().map(|(key, value)| format!("{}:{}", Value::from(key), value.get()));
        JsonText(format!("{{{}}}", fields.collect::<Vec<_>>().join(",")).into())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &JsonText)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}

impl IntoIterator for Fields {
    type Item = (String, JsonText);
    type IntoIter = std::vec::IntoIter<(String, JsonText)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(CheckedText::deserialize(deserializer)?.text)
    }
}

/// A text, and whether an object in it may have a key twice.
pub(crate) struct CheckedText {
    pub(crate) text: JsonText,
    pub(crate) may_have_duplicates: bool,
}

impl<'de> Deserialize<'de> for CheckedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (mut bytes, mut may_have_duplicates) = (Vec::new(), false);
        Writer { to: &mut bytes, may_have_duplicates: &mut may_have_duplicates }.deserialize(deserializer)?;
        Ok(Self { text: JsonText(into_text(bytes)?.into()), may_have_duplicates })
    }
}

fn into_text<E: Error>(bytes: Vec<u8>) -> Result<String, E> {
    String::from_utf8(bytes).map_err(E::custom)
}

/// Calls the function with each field of an object.
struct Each<F>(F);

impl<'de, F: FnMut(String, String)> Visitor<'de> for Each<F> {
    type Value = ();

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        while let Some(key) = entries.next_key::<String>()? {
            let mut bytes = Vec::new();
            entries.next_value_seed(Writer { to: &mut bytes, may_have_duplicates: &mut false })?;
            (self.0)(key, into_text(bytes)?);
        }
        Ok(())
    }
}

impl<'de, F: FnMut(String, String)> DeserializeSeed<'de> for Each<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

/// Does the same with the object in one field. Its value is whether there is one.
struct InField<'k, F>(&'k str, Each<F>);

impl<'de, F: FnMut(String, String)> Visitor<'de> for InField<'_, F> {
    type Value = bool;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<bool, A::Error> {
        let mut each = Some(self.1);
        while let Some(key) = entries.next_key::<String>()? {
            match each.take_if(|_| key == self.0) {
                Some(each) => entries.next_value_seed(each)?,
                None => drop(entries.next_value::<IgnoredAny>()?),
            }
        }
        Ok(each.is_none())
    }
}

/// Writes a value as text.
struct Writer<'w> {
    to: &'w mut Vec<u8>,
    may_have_duplicates: &'w mut bool,
}

impl Writer<'_> {
    fn inner(&mut self) -> Writer<'_> {
        Writer { to: self.to, may_have_duplicates: self.may_have_duplicates }
    }

    fn write<E: Error>(&mut self, value: impl Serialize) -> Result<(), E> {
        serde_json::to_writer(&mut *self.to, &value).map_err(E::custom)
    }
}

impl<'de> DeserializeSeed<'de> for Writer<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Writer<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON")
    }

    fn visit_unit<E: Error>(mut self) -> Result<(), E> {
        self.write(())
    }

    fn visit_bool<E: Error>(mut self, value: bool) -> Result<(), E> {
        self.write(value)
    }

    fn visit_i64<E: Error>(mut self, value: i64) -> Result<(), E> {
        self.write(value)
    }

    fn visit_u64<E: Error>(mut self, value: u64) -> Result<(), E> {
        self.write(value)
    }

    fn visit_f64<E: Error>(mut self, value: f64) -> Result<(), E> {
        self.write(value)
    }

    fn visit_str<E: Error>(mut self, value: &str) -> Result<(), E> {
        self.write(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        let start = self.to.len();
        self.to.push(b'[');
        while elements.next_element_seed(self.inner())?.is_some() {
            self.to.push(b',');
        }
        close(self.to, start, b']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        let start = self.to.len();
        self.to.push(b'{');
        // Hashes, because the keys would take as much memory again. That two keys may share one only costs time.
        let mut seen = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            let mut hasher = DefaultHasher::new();
            key.hash(&mut hasher);
            *self.may_have_duplicates |= !seen.insert(hasher.finish());
            self.write(&key)?;
            self.to.push(b':');
            entries.next_value_seed(self.inner())?;
            self.to.push(b',');
        }
        close(self.to, start, b'}');
        if let Some(number) = arbitrary_precision(&self.to[start..]) {
            self.to.truncate(start);
            self.write(number)?;
        }
        Ok(())
    }
}

/// Ends an array or object that begins at `start`. Replaces the comma after its last element.
fn close(text: &mut Vec<u8>, start: usize, with: u8) {
    if text.len() > start + 1 {
        text.pop();
    }
    text.push(with);
}

/// Returns the number that this object stands for, if another crate enabled serde_json's feature `arbitrary_precision`.
fn arbitrary_precision(object: &[u8]) -> Option<Number> {
    let text = object.strip_prefix(br#"{"$serde_json::private::Number":""#)?.strip_suffix(br#""}"#)?;
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn checked(text: &str) -> CheckedText {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn text_equals_that_of_serde_json() {
        for text in [
            r#" { "b" : [ 1, -2, 1.5, 1.0, 18446744073709551615, 1e300, true, null, "\u00e9\n\"" ], "a": { "c": {}, "d": [] } } "#,
            "5",
            "null",
            r#""x""#,
            "[[], [[]], {}]",
        ] {
            let read = checked(text);
            assert!(!read.may_have_duplicates);
            assert_eq!(read.text, JsonText::of(&serde_json::from_str(text).unwrap()));
        }
        for text in ["[1,]", r#"{"a":1,}"#, "{\"\\ud800\":1}", "1e999", &"[".repeat(100_000)] {
            assert!(serde_json::from_str::<CheckedText>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn key_that_occurs_twice_is_noticed_at_any_depth() {
        for text in [r#"{"a":1,"b":2,"a":1}"#, r#"[{"k":[0,{"a":1,"\u0061":2}]}]"#] {
            assert!(checked(text).may_have_duplicates, "{text}");
        }
        assert!(!checked(r#"[{"a":1},{"a":1},{"b":{"a":1},"a":1}]"#).may_have_duplicates);
    }

    #[test]
    fn fields_are_in_their_order() {
        let mut fields = JsonText::of(&json!({"b": {"x": [1]}, "a": null})).fields().unwrap();
        assert_eq!(
            fields.iter().map(|(key, value)| (key, value.get())).collect::<Vec<_>>(),
            [("b", r#"{"x":[1]}"#), ("a", "null")]
        );
        assert_eq!(fields.remove("b").unwrap().to_value(), json!({"x": [1]}));
        assert!(fields.get("b").is_none() && fields.get("a").is_some_and(JsonText::is_null));
        assert!(JsonText::of(&json!([])).fields().is_none());
    }

    #[test]
    fn fields_of_an_inner_object_are_listed() {
        let json = JsonText::of(&json!({"a": {"x": 1}, "b": {"y": [2], "z": {}}, "c": 5}));
        let list = |key| {
            let mut fields = Vec::new();
            json.for_each_field_of(key, |key, value| fields.push(format!("{key}={value}"))).then_some(fields)
        };
        assert_eq!(list("b").unwrap(), ["y=[2]", "z={}"]);
        assert_eq!((list("c"), list("d")), (None, None));
    }
}
