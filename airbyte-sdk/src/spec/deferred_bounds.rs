//! What generated code needs so that a field whose type does not fit is told once, at its place: an impl whose bounds did
//! not hold would be an error of its own, and so would whatever asks for that impl.

use super::default::Withheld;
use super::form::Form;
use super::nested_types::Shape;
use serde_json::Value;
use std::marker::PhantomData;

/// A type, under a name behind which the compiler does not look until it has to. A bound on it is believed where it
/// stands: an impl with one that is false does not apply, and is no error.
pub trait Believed<'a> {
    /// The type itself.
    type Type: ?Sized;
}

impl<T: ?Sized> Believed<'_> for T {
    type Type = T;
}

/// The description of a whole configuration: a type may be both, and has a [`Described`] for each.
pub struct WholeSpec;

/// The description of the type of a field.
pub struct NestedValue;

/// A type whose fields have types that fit. What it does not need is left out.
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

/// The description of a type that may be [`Described`].
pub struct DescriptionOf<T, Role>(PhantomData<(T, Role)>);

#[allow(missing_docs, reason = "the same functions once more")]
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

/// Stands in for a description that does not apply. Never called: by then the compiler has refused the type of a field,
/// and the program is not built. Functions of the type itself come first.
#[allow(missing_docs, reason = "the same functions once more")]
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
