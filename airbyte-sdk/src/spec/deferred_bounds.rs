//! Reports a field of an unsupported type once, at the field.
//!
//! If a generated impl required `FieldType: ConfigValue` directly, an unsupported field type would cause several errors:
//! one at the field, one for the impl, and one for each use of the configuration type. So the generated impl of the
//! configuration type has no bounds and calls [`DescriptionOf`]. The bounds are on a separate impl of [`Described`],
//! written through [`Believed`], behind which the compiler checks a bound only when the impl is used. If they do not
//! hold, [`Undescribed`] is selected instead, silently, and a separate check reports the field.

use super::default::Withheld;
use super::form::Form;
use super::nested_types::Shape;
use serde_json::Value;
use std::marker::PhantomData;

/// A type behind a projection, which defers checking its bounds: an impl with an unsatisfied bound on it does not apply,
/// but is not an error.
pub trait Believed<'a> {
    /// The type itself.
    type Type: ?Sized;
}

impl<T: ?Sized> Believed<'_> for T {
    type Type = T;
}

/// The role of a type as the whole configuration. A type may have both roles, and implements [`Described`] for each.
pub struct WholeSpec;

/// The role of a type as the type of a field.
pub struct NestedValue;

/// A type whose field types are all supported. Each kind of type implements only the functions it needs.
pub trait Described<Role>: Sized {
    /// As [`AirbyteSpec::form`](crate::AirbyteSpec::form) and [`Fields::form`](super::Fields::form).
    fn form(_: &mut Form<'_>) -> Option<Self> {
        None
    }

    /// As [`Shaped::shape`](super::Shaped::shape).
    fn shape(_: &mut Shape<'_>) -> Option<Self> {
        None
    }

    /// As [`Fields::to_json`](super::Fields::to_json) and [`Shaped::to_json`](super::Shaped::to_json).
    fn to_json(&self, _: &mut Withheld) -> Value {
        Value::Null
    }
}

/// Calls the functions of [`Described`] if `T` implements it, else those of [`Undescribed`].
pub struct DescriptionOf<T, Role>(PhantomData<(T, Role)>);

#[allow(missing_docs, reason = "the functions of `Described`")]
impl<T: Described<Role>, Role> DescriptionOf<T, Role> {
    pub fn form(form: &mut Form<'_>) -> Option<T> {
        T::form(form)
    }

    pub fn shape(shape: &mut Shape<'_>) -> Option<T> {
        T::shape(shape)
    }

    pub fn to_json(value: &T, withheld: &mut Withheld) -> Value {
        value.to_json(withheld)
    }
}

/// The fallback for a type that is not [`Described`]. Never called, because the compiler has already rejected the type of
/// a field. Inherent functions take precedence over these.
#[allow(missing_docs, reason = "the functions of `Described`")]
pub trait Undescribed<T> {
    fn form(_: &mut Form<'_>) -> Option<T> {
        None
    }

    fn shape(_: &mut Shape<'_>) -> Option<T> {
        None
    }

    fn to_json(_: &T, _: &mut Withheld) -> Value {
        Value::Null
    }
}

impl<T, Role> Undescribed<T> for DescriptionOf<T, Role> {}
