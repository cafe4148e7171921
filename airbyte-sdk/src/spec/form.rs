//! The form: receives the fields one by one, and either collects their spec or reads their values.

use super::field::Field;
use super::field_types::ConfigValue;
use super::nested_types::Fields;
use super::place::Place;
use serde_json::{Map, Value, json};

/// Collects the spec of a configuration's fields, or reads their values; see
/// [`AirbyteSpec::form`](crate::AirbyteSpec::form).
pub struct Form<'a>(Job<'a>);

enum Job<'a> {
    Describe { properties: Map<String, Value>, required: Vec<Value> },
    Read { object: &'a Map<String, Value>, place: Place<'a> },
}

impl<'a> Form<'a> {
    pub(super) fn describing() -> Self {
        Self(Job::Describe { properties: Map::new(), required: Vec::new() })
    }

    /// Returns the form of one option of a choice. Its first field is the tag, which names the option.
    pub(super) fn describing_option(tag: &str, name: &str) -> Self {
        let mut properties = Map::new();
        properties.insert(tag.to_owned(), json!({"type": "string", "const": name, "order": 0}));
        Self(Job::Describe { properties, required: vec![tag.into()] })
    }

    pub(super) fn reading(object: &'a Map<String, Value>, place: Place<'a>) -> Self {
        Self(Job::Read { object, place })
    }

    /// Adds the next field. Returns its value if the form is being read and the value is valid.
    pub fn field<T: ConfigValue>(&mut self, field: Field<T>) -> Option<T> {
        let name = field.name;
        match &mut self.0 {
            Job::Describe { properties, required } => {
                if field.is_required() {
                    required.push(name.into());
                }
                properties.insert(name.to_owned(), field.schema(properties.len()).into());
                None
            }
            Job::Read { object, place } => field.parse(object.get(name), &mut place.field(name)),
        }
    }

    /// Adds the fields of another struct in place (`flatten`).
    pub fn fields<T: Fields>(&mut self) -> Option<T> {
        T::form(self)
    }

    /// Adds the form to the schema of an object.
    pub(super) fn describe_into(self, schema: &mut Map<String, Value>) {
        if let Job::Describe { properties, required } = self.0 {
            schema.insert("required".to_owned(), required.into());
            schema.insert("properties".to_owned(), properties.into());
            schema.insert("additionalProperties".to_owned(), true.into());
        }
    }
}
