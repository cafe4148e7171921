//! The properties of a field that do not depend on its type. Separate from [`Field`](super::Field), whose code is
//! compiled once per type.

use super::place::Place;
use airbyte_spec_rules::Pattern;
use serde_json::{Map, Value};

/// The minimum and the maximum of a count.
#[derive(Default)]
pub(super) struct Limits(pub(super) Option<u64>, pub(super) Option<u64>);

/// The rules and labels of a field that do not depend on its type.
#[derive(Default)]
pub(super) struct Rules {
    pub(super) pattern: Option<&'static str>,
    pub(super) pattern_descriptor: Option<&'static str>,
    pub(super) is_url: bool,
    pub(super) allows_blank: bool,
    pub(super) length: Limits,
    pub(super) items: Limits,
    notes: Map<String, Value>,
}

impl Rules {
    /// Adds an entry to the property that is neither a rule nor a default.
    #[inline(never)]
    pub(super) fn note(&mut self, key: &str, value: Value) {
        self.notes.insert(key.to_owned(), value);
    }

    /// Returns the property in the spec, for a type with this schema; `order` is its position in the form.
    pub(super) fn property(
        mut self,
        mut schema: Map<String, Value>,
        default: Option<Value>,
        bounds: [Option<Value>; 2],
        mut faults: Vec<String>,
        order: usize,
    ) -> Map<String, Value> {
        if self.allows_blank {
            schema.shift_remove("minLength");
        }
        if let Some(Err(error)) = self.pattern.map(Pattern::new) {
            faults.push(format!("{{path}}: {error}"));
        }
        for bound in bounds.iter().flatten() {
            if bound.is_null() {
                faults.push("a limit of {path} is NaN or infinite, which JSON cannot represent".to_owned());
            }
        }
        let [minimum, maximum] = bounds;
        let mut property = Map::new();
        let mut put = |key: &str, value: Option<Value>| {
            value.map(|value| property.insert(key.to_owned(), value));
        };
        put("type", schema.shift_remove("type"));
        for key in ["title", "description", "examples"] {
            // The field's own labels take precedence over those of its type.
            let of_type = schema.shift_remove(key);
            put(key, self.notes.shift_remove(key).or(of_type));
        }
        put("default", default.and_then(|default| super::default::show(&mut schema, default)));
        for (key, value) in schema {
            put(&key, Some(value));
        }
        put("pattern", self.pattern.map(Value::from));
        put("pattern_descriptor", self.pattern_descriptor.map(Value::from));
        put("minimum", minimum);
        put("maximum", maximum);
        put("minLength", self.length.0.map(Value::from));
        put("maxLength", self.length.1.map(Value::from));
        put("minItems", self.items.0.map(Value::from));
        put("maxItems", self.items.1.map(Value::from));
        for (key, value) in self.notes {
            put(&key, Some(value));
        }
        put("order", Some(order.into()));
        put(super::FAULTS, (!faults.is_empty()).then(|| faults.into()));
        property
    }

    /// Returns whether a value obeys these rules; records a problem for each violation. `None` if further checks are pointless.
    pub(super) fn are_obeyed(&self, given: &Value, place: &mut Place<'_>) -> Option<bool> {
        let mut obeyed = true;
        if let Some(text) = given.as_str() {
            if self.is_url && !place.is_url(text) {
                return None;
            }
            obeyed &= place.matches(text, self.pattern, self.pattern_descriptor);
            obeyed &= place.counts(text.chars().count(), self.length.0, self.length.1, "character");
        }
        if let Some(items) = given.as_array() {
            obeyed &= place.counts(items.len(), self.items.0, self.items.1, "item");
        }
        Some(obeyed)
    }
}
