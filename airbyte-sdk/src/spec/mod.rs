//! A configuration as a type: from one description of its fields come the spec and the parser.

mod field;
mod form;
mod value;

pub use self::field::Field;
pub use self::form::Form;
pub use self::value::{ConfigValue, Number, Place, Text};

use crate::error::Result;
use crate::protocol::ConnectorSpecification;
use serde_json::{Map, Value, json};

/// A connector's configuration. [`#[derive(AirbyteSpec)]`](derive@crate::AirbyteSpec) writes this for a struct; it can
/// be written by hand as well.
///
/// There is one description for both directions: [`form`](Self::form) names each field once, and the [`Form`] it is
/// given either notes down the spec or reads the user's values.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a connector's configuration",
    label = "add `#[derive(AirbyteSpec)]` to `{Self}`"
)]
pub trait AirbyteSpec: Sized + Send + Sync + 'static {
    /// What a person reads above the form.
    const TITLE: &'static str;

    /// A sentence about the form as a whole.
    const DESCRIPTION: Option<&'static str> = None;

    /// Where a person reads more about the connector.
    const DOCUMENTATION_URL: Option<&'static str> = None;

    /// The groups of fields, in the order of their cards: id and title.
    const GROUPS: &'static [(&'static str, &'static str)] = &[];

    /// Names each field once, in the order of the form. `None` if the form only notes down the spec, or if a value
    /// was missing or wrong.
    fn form(form: &mut Form<'_>) -> Option<Self>;

    /// Reads a configuration.
    ///
    /// # Errors
    ///
    /// A config error that names every field that is missing or wrong, and no value.
    fn from_json(config: &Value) -> Result<Self> {
        read(config).0.map_err(|problems| problems.into_error("The configuration"))
    }
}

/// The spec of a configuration, as the command `spec` sends it.
pub(crate) fn specification<C: AirbyteSpec>() -> ConnectorSpecification {
    let mut form = Form::describing();
    C::form(&mut form);
    let (properties, required) = form.into_description();

    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), "http://json-schema.org/draft-07/schema#".into());
    schema.insert("title".to_owned(), C::TITLE.into());
    if let Some(description) = C::DESCRIPTION {
        schema.insert("description".to_owned(), description.into());
    }
    schema.insert("type".to_owned(), "object".into());
    if !C::GROUPS.is_empty() {
        let groups = C::GROUPS.iter().map(|(id, title)| json!({"id": id, "title": title}));
        schema.insert("groups".to_owned(), groups.collect());
    }
    schema.insert("required".to_owned(), required.into());
    schema.insert("properties".to_owned(), properties.into());
    schema.insert("additionalProperties".to_owned(), true.into());

    let mut specification = ConnectorSpecification::new(schema);
    specification.documentation_url = C::DOCUMENTATION_URL.map(str::to_owned);
    specification
}

/// Reads a configuration. The secrets come back even if something is wrong elsewhere: whatever is said about it must
/// not show them.
pub(crate) fn read<C: AirbyteSpec>(config: &Value) -> (Result<C, Problems>, Vec<String>) {
    let empty = Map::new();
    let object = config.as_object();
    let mut form = Form::reading(object.unwrap_or(&empty));
    let parsed = C::form(&mut form);
    let (mut problems, secrets) = form.into_reading();
    if object.is_none() {
        problems = Problems::default();
        problems.add("", format!("must be a JSON object, not {}", kind_of(config)));
    }
    let result = match parsed {
        Some(config) if problems.is_empty() => Ok(config),
        _ => Err(problems),
    };
    (result, secrets)
}

pub(crate) use crate::problems::{Problems, kind_of};
