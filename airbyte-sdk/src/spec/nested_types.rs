//! Connector types used as field types: a struct is an object with fields, an enum a choice.

use super::Problems;
use super::default::Withheld;
use super::field_types::{ConfigValue, Unbounded, schema};
use super::form::Form;
use super::one_of::{Choice, OneOf};
use super::place::Place;
use serde_json::{Map, Value};

/// A struct used as the type of a configuration field, flattened into another struct, or used as an option of a choice.
///
/// Usually derived with [`#[derive(ConfigValue)]`](derive@crate::ConfigValue); it can also be implemented by hand. As
/// with [`AirbyteSpec::form`](crate::AirbyteSpec::form), one description serves for the spec and for the parser.
///
/// ```
/// use airbyte_sdk::spec::{Field, Fields, Form};
///
/// struct Retention {
///     days: u32,
/// }
///
/// impl Fields for Retention {
///     const TITLE: &'static str = "Retention";
///
///     fn form(form: &mut Form<'_>) -> Option<Self> {
///         let days = form.field(Field::new("days").title("How many days").default(30));
///         Some(Self { days: days? })
///     }
/// }
/// # let _ = |retention: Retention| retention.days;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a struct of configuration fields",
    label = "expected a struct with `#[derive(ConfigValue)]`",
    note = "make an enum, or a value of any other type, a named field instead",
    note = "`#[derive(AirbyteSpec)]` is for the configuration as a whole, which cannot be inside another one"
)]
pub trait Fields: Sized {
    /// Fails to compile for a type that contains itself, because the compiler evaluates it for all fields.
    #[doc(hidden)]
    const A_FORM_CANNOT_CONTAIN_ITSELF: () = ();

    /// The label of the object in the form, unless the field of this type has its own.
    const TITLE: &'static str;

    /// The help text of the object, unless the field of this type has its own.
    const DESCRIPTION: Option<&'static str> = None;

    /// Names each field once, in display order. Returns `None` if the form only collects the spec, or if a value is
    /// missing or invalid.
    fn form(form: &mut Form<'_>) -> Option<Self>;

    /// Returns the values as the spec shows them as a default; null to show none. Secrets are left out, and added to `withheld`.
    fn to_json(&self, withheld: &mut Withheld) -> Value {
        let _ = withheld;
        Value::Null
    }
}

/// An enum used as the type of a configuration field.
///
/// Usually derived with [`#[derive(ConfigValue)]`](derive@crate::ConfigValue); it can also be implemented by hand.
/// [`shape`](Self::shape) describes the choice once, and the [`Shape`] passed to it either collects the spec or reads a
/// value.
///
/// ```
/// use airbyte_sdk::spec::{Field, OneOf, Shape, Shaped, Variant};
///
/// enum Window {
///     All,
///     Days { days: u32 },
/// }
///
/// impl Shaped for Window {
///     fn shape(shape: &mut Shape<'_>) -> Option<Self> {
///         shape.one_of(OneOf::new("Window", "type"), |choice| {
///             let all = choice.option(Variant::new("all"), |_| Some(Self::All));
///             let days = choice.option(Variant::new("days").title("Last days"), |form| {
///                 let days = form.field(Field::new("days").title("How many"));
///                 Some(Self::Days { days: days? })
///             });
///             all.or(days)
///         })
///     }
/// }
/// ```
pub trait Shaped: Sized {
    /// Fails to compile for a type that contains itself, because the compiler evaluates it for all fields.
    #[doc(hidden)]
    const A_FORM_CANNOT_CONTAIN_ITSELF: () = ();

    /// Describes the type by calling one method of `shape`. Returns `None` if only the spec is collected, or if the value
    /// is invalid.
    fn shape(shape: &mut Shape<'_>) -> Option<Self>;

    /// Returns the value as the spec shows it as a default; null to show none. Secrets are left out, and added to `withheld`.
    fn to_json(&self, withheld: &mut Withheld) -> Value {
        let _ = withheld;
        Value::Null
    }
}

#[diagnostic::do_not_recommend]
impl<T: Fields> Shaped for T {
    const A_FORM_CANNOT_CONTAIN_ITSELF: () = <T as Fields>::A_FORM_CANNOT_CONTAIN_ITSELF;

    fn shape(shape: &mut Shape<'_>) -> Option<Self> {
        shape.object()
    }

    fn to_json(&self, withheld: &mut Withheld) -> Value {
        Fields::to_json(self, withheld)
    }
}

/// Collects the spec of a type, or reads a value of it; see [`Shaped::shape`].
pub struct Shape<'a>(Job<'a>);

enum Job<'a> {
    Describe(Map<String, Value>),
    Read(&'a Value, Place<'a>),
}

impl Shape<'_> {
    /// Describes a struct: an object with the fields of its form.
    fn object<T: Fields>(&mut self) -> Option<T> {
        match &mut self.0 {
            Job::Describe(described) => {
                let mut form = Form::describing();
                T::form(&mut form);
                *described = titled(T::TITLE, T::DESCRIPTION);
                form.describe_into(described);
                None
            }
            Job::Read(Value::Object(object), place) => T::form(&mut Form::reading(object, place.reborrow())),
            Job::Read(value, place) => place.unexpected("an object", value),
        }
    }

    /// Describes an enum without data: a string that is one of these names.
    pub fn one_of_names<T, const N: usize>(&mut self, names: [(&'static str, T); N]) -> Option<T> {
        match &mut self.0 {
            Job::Describe(described) => {
                let names = names.iter().map(|(name, _)| Value::from(*name)).collect();
                *described = schema([("type", "string".into()), ("enum", names)]);
                None
            }
            Job::Read(value, place) => {
                let expected = one_of(names.iter().map(|(name, _)| *name));
                match value.as_str() {
                    Some(text) => {
                        let found = names.into_iter().find(|(name, _)| *name == text).map(|(_, value)| value);
                        if found.is_none() {
                            place.problem(format!("must be {expected}"));
                        }
                        found
                    }
                    None => place.unexpected(&expected, value),
                }
            }
        }
    }

    /// Describes an enum with data: an object with the fields of one of several options. `name` adds each option by
    /// calling [`Choice::option`], and returns the result that is not `None`.
    pub fn one_of<T>(&mut self, about: OneOf, name: impl Fn(&mut Choice<'_>) -> Option<T>) -> Option<T> {
        match &mut self.0 {
            Job::Describe(described) => {
                *described = about.describe(|choice| drop(name(choice)));
                None
            }
            Job::Read(Value::Object(object), place) => about.read(object, place, name),
            Job::Read(value, place) => place.unexpected("an object", value),
        }
    }
}

/// Returns the beginning of an object's schema.
pub(super) fn titled(title: &str, description: Option<&str>) -> Map<String, Value> {
    let mut schema = schema([("type", "object".into()), ("title", title.into())]);
    description.map(|description| schema.insert("description".to_owned(), description.trim().into()));
    schema
}

/// Formats names as "one of `a`, `b`"; a single name as "`a`".
pub(super) fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [one] => one.clone(),
        _ => format!("one of {}", names.join(", ")),
    }
}

#[diagnostic::do_not_recommend]
impl<T: Shaped> ConfigValue for T {
    type Bound = Unbounded;

    const A_FORM_CANNOT_CONTAIN_ITSELF: () = <T as Shaped>::A_FORM_CANNOT_CONTAIN_ITSELF;

    fn schema() -> Map<String, Value> {
        let mut shape = Shape(Job::Describe(Map::new()));
        T::shape(&mut shape);
        match shape.0 {
            Job::Describe(described) => described,
            Job::Read(..) => Map::new(),
        }
    }

    fn parse(value: &Value, place: &mut Place<'_>) -> Option<Self> {
        T::shape(&mut Shape(Job::Read(value, place.reborrow())))
    }

    /// Returns the value of an empty object, if all fields may be left out: the object may then be left out as well.
    fn absent() -> Option<Self> {
        let (mut problems, mut secrets) = (Problems::default(), Vec::new());
        let place = Place::top(&mut problems, &mut secrets);
        let value = T::shape(&mut Shape(Job::Read(&Value::Object(Map::new()), place)));
        value.filter(|_| problems.is_empty())
    }

    fn to_json(&self, withheld: &mut Withheld) -> Value {
        Shaped::to_json(self, withheld)
    }
}
