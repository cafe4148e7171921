//! The form: given the fields one by one, it notes down their spec or reads their values.

use super::field::Field;
use super::field_types::ConfigValue;
use super::nested_types::Fields;
use super::place::Place;
use serde_json::{Map, Value, json};

/// What [`AirbyteSpec::form`](crate::AirbyteSpec::form) names its fields to.
pub struct Form<'a>(Job<'a>);

enum Job<'a> {
    Describe { properties: Map<String, Value>, required: Vec<Value> },
    Read { object: &'a Map<String, Value>, place: Place<'a> },
}

impl<'a> Form<'a> {
    pub(super) fn describing() -> Self {
        Self(Job::Describe { properties: Map::new(), required: Vec::new() })
    }

    /// That of one option, which begins with the key that says which option it is.
    pub(super) fn describing_option(tag: &str, name: &str) -> Self {
        let mut properties = Map::new();
        properties.insert(tag.to_owned(), json!({"type": "string", "const": name, "order": 0}));
        Self(Job::Describe { properties, required: vec![tag.into()] })
    }

    pub(super) fn reading(object: &'a Map<String, Value>, place: Place<'a>) -> Self {
        Self(Job::Read { object, place })
    }

    /// The next field. Its value, if the form is being read and the value is right.
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

    /// The fields of another struct, as if they stood here.
    pub fn fields<T: Fields>(&mut self) -> Option<T> {
        T::form(self)
    }

    /// What the form says as a schema: of an object with these fields.
    pub(super) fn describe_into(self, schema: &mut Map<String, Value>) {
        if let Job::Describe { properties, required } = self.0 {
            schema.insert("required".to_owned(), required.into());
            schema.insert("properties".to_owned(), properties.into());
            schema.insert("additionalProperties".to_owned(), true.into());
        }
    }
}
