//! The form: given the fields one by one, it notes down their spec or reads their values.

use super::field::Field;
use super::value::{ConfigValue, Place};
use crate::problems::Problems;
use serde_json::{Map, Value};

/// What [`AirbyteSpec::form`](crate::AirbyteSpec::form) names its fields to.
pub struct Form<'a>(Job<'a>);

enum Job<'a> {
    Describe { properties: Map<String, Value>, required: Vec<Value> },
    Read { object: &'a Map<String, Value>, problems: Problems, secrets: Vec<String> },
}

impl<'a> Form<'a> {
    pub(super) fn describing() -> Self {
        Self(Job::Describe { properties: Map::new(), required: Vec::new() })
    }

    pub(super) fn reading(object: &'a Map<String, Value>) -> Self {
        Self(Job::Read { object, problems: Problems::default(), secrets: Vec::new() })
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
            Job::Read { object, problems, secrets } => {
                field.parse(object.get(name), &mut Place::new(name, problems, secrets))
            }
        }
    }

    pub(super) fn into_description(self) -> (Map<String, Value>, Vec<Value>) {
        match self.0 {
            Job::Describe { properties, required } => (properties, required),
            Job::Read { .. } => Default::default(),
        }
    }

    pub(super) fn into_reading(self) -> (Problems, Vec<String>) {
        match self.0 {
            Job::Read { problems, secrets, .. } => (problems, secrets),
            Job::Describe { .. } => Default::default(),
        }
    }
}
