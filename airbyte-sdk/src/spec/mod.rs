//! Configuration types: one description of the fields produces both the spec and the parser.
//!
//! Written separately, a spec and a parser drift apart. Here, [`AirbyteSpec::form`] names each field once, as a
//! [`Field`]. A [`Form`] in describing mode turns the fields into the JSON Schema of the spec; one in reading mode
//! parses the user's values. The parser may be stricter than the schema, never more lenient. Problems are collected
//! with their paths and reported together; they must never contain a value. Secrets are collected even if the
//! configuration is invalid.

mod default;
#[doc(hidden)]
pub mod deferred_bounds;
mod field;
mod field_types;
mod form;
mod nested_types;
mod oauth_login;
mod one_of;
mod place;
mod rules;

pub use self::default::Withheld;
pub use self::field::Field;
#[cfg(feature = "testing")]
pub(crate) use self::field::URL;
pub use self::field_types::{ConfigValue, List, Number, Text};
pub use self::form::Form;
pub use self::nested_types::{Fields, Shape, Shaped};
pub use self::oauth_login::OAuthLogin;
pub use self::one_of::{Choice, OneOf, Variant};
pub use self::place::Place;

use crate::error::{Error, Result};
use crate::protocol::ConnectorSpecification;
use serde_json::{Map, Value, json};

/// A connector's configuration.
///
/// Usually derived with [`#[derive(AirbyteSpec)]`](derive@crate::AirbyteSpec); it can also be implemented by hand. The
/// spec and the parser share one description: [`form`](Self::form) names each field once, and the [`Form`] passed to it
/// either collects the spec or reads the user's values.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a connector's configuration",
    label = "add `#[derive(AirbyteSpec)]` to `{Self}`",
    note = "a configuration is a struct with `#[derive(AirbyteSpec)]`; `#[derive(ConfigValue)]` is for the types of its fields"
)]
pub trait AirbyteSpec: Sized + Send + Sync + 'static {
    /// The title of the form.
    const TITLE: &'static str;

    /// The description of the form as a whole.
    const DESCRIPTION: Option<&'static str> = None;

    /// The URL of the connector's documentation.
    const DOCUMENTATION_URL: Option<&'static str> = None;

    /// The groups of fields, each with its id and title, in display order.
    const GROUPS: &'static [(&'static str, &'static str)] = &[];

    /// Returns the OAuth login that the platform performs for the user, if any.
    fn oauth_login() -> Option<OAuthLogin> {
        None
    }

    /// Names each field once, in display order. Returns `None` if the form only collects the spec, or if a value is
    /// missing or invalid.
    fn form(form: &mut Form<'_>) -> Option<Self>;

    /// Parses a configuration.
    ///
    /// # Errors
    ///
    /// Returns a config error that names every missing or invalid field. The error contains no values.
    fn from_json(config: &Value) -> Result<Self> {
        read(config).0.map_err(|problems| problems.into_error("The configuration"))
    }
}

/// Returns the specification of a configuration, as the `spec` command prints it.
///
/// # Errors
///
/// In a debug build, a system error that names each of the [`faults`].
pub fn specification<C: AirbyteSpec>() -> Result<ConnectorSpecification> {
    if cfg!(debug_assertions) {
        let faults = faults::<C>();
        if !faults.is_empty() {
            return Err(Error::system(format!("the spec is invalid: {}", faults.join("; ")))
                .with_internal("fix the attributes or the default of each field named here"));
        }
    }
    let mut schema = schema::<C>();
    take_marks(&mut schema, &mut Vec::new());
    let mut specification = ConnectorSpecification::new(schema);
    specification.documentation_url = C::DOCUMENTATION_URL.map(str::to_owned);
    specification.advanced_auth = C::oauth_login().map(OAuthLogin::into_message);
    Ok(specification)
}

/// Marks a field that is not a secret although its name suggests one. Present only while a spec is built.
const NOT_SECRET: &str = "x-not-secret";

/// Lists what is wrong with a field; `{path}` stands for its path. Present only while a spec is built.
const FAULTS: &str = "x-faults";

/// Returns the names of the fields that are declared `not_secret`.
#[cfg(feature = "testing")]
pub(crate) fn not_secret<C: AirbyteSpec>() -> Vec<String> {
    let mut names = Vec::new();
    take_marks(&mut schema::<C>(), &mut names);
    names
}

fn take_marks(schema: &mut Map<String, Value>, names: &mut Vec<String>) {
    for (name, value) in schema.iter_mut() {
        match value {
            Value::Object(object) => {
                if object.shift_remove(NOT_SECRET).is_some() {
                    names.push(name.clone());
                }
                object.shift_remove(FAULTS);
                take_marks(object, names);
            }
            Value::Array(list) => {
                list.iter_mut().filter_map(Value::as_object_mut).for_each(|inner| take_marks(inner, names));
            }
            _ => {}
        }
    }
}

/// Returns a description of each mistake in a spec that the compiler cannot find: two fields with the same key (after
/// `flatten`), a pattern that is not portable, a default that its own field rejects or that contains a secret, and a path
/// of an OAuth login that names no field. In a debug build, [`specification`] returns an error that names all of them.
pub fn faults<C: AirbyteSpec>() -> Vec<String> {
    let schema = schema::<C>();
    let mut faults = Vec::new();
    find_faults(&schema, "", &mut faults);
    faults.extend(C::oauth_login().into_iter().flat_map(|login| login.faults(&schema)));
    faults
}

/// A field that replaced an earlier one with the same key took over its position, but has a later `order`.
fn find_faults(schema: &Map<String, Value>, path: &str, faults: &mut Vec<String>) {
    let properties = schema.get("properties").and_then(Value::as_object);
    for (index, (key, field)) in properties.into_iter().flatten().enumerate() {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        if field["order"] != index {
            faults.push(format!("two fields have the key `{path}`"));
        }
        let own = field.get(FAULTS).and_then(Value::as_array).into_iter().flatten();
        let named = |fault: &str| fault.replacen("{path}", &format!("`{path}`"), 1);
        faults.extend(own.filter_map(Value::as_str).map(named));
        field.as_object().into_iter().for_each(|field| find_faults(field, &path, faults));
    }
    let options = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    for within in options.chain(schema.get("items")).filter_map(Value::as_object) {
        find_faults(within, path, faults);
    }
}

fn schema<C: AirbyteSpec>() -> Map<String, Value> {
    let mut form = Form::describing();
    C::form(&mut form);

    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), "http://json-schema.org/draft-07/schema#".into());
    schema.insert("title".to_owned(), C::TITLE.into());
    if let Some(description) = C::DESCRIPTION {
        schema.insert("description".to_owned(), description.trim().into());
    }
    schema.insert("type".to_owned(), "object".into());
    if !C::GROUPS.is_empty() {
        let groups = C::GROUPS.iter().map(|(id, title)| json!({"id": id, "title": title}));
        schema.insert("groups".to_owned(), groups.collect());
    }
    form.describe_into(&mut schema);
    schema
}

/// Parses a configuration from JSON, and returns the secrets in it.
pub(crate) type ReadConfig<C> = fn(&Value) -> (Result<C, Problems>, Vec<String>);

/// Parses a configuration. Returns the secrets even if the configuration is invalid, because they must be blanked in
/// the error messages about it.
pub(crate) fn read<C: AirbyteSpec>(config: &Value) -> (Result<C, Problems>, Vec<String>) {
    let (mut problems, mut secrets) = (Problems::default(), Vec::new());
    let parsed = match config.as_object() {
        Some(object) => C::form(&mut Form::reading(object, Place::top(&mut problems, &mut secrets))),
        None => {
            problems.add("", format!("must be a JSON object, not {}", kind_of(config)));
            None
        }
    };
    let result = match parsed {
        Some(config) if problems.is_empty() => Ok(config),
        _ => Err(problems),
    };
    (result, secrets)
}

pub(crate) use crate::problems::{Problems, kind_of};
