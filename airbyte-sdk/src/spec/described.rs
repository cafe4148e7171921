//! What generated code needs so that a field whose type does not fit is told once, at its place: an impl whose bounds did
//! not hold would be an error of its own, and so would whatever asks for that impl.

use super::form::Form;
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

/// A configuration whose fields have types that fit.
pub trait Described: Sized {
    /// Names each field once, as [`AirbyteSpec::form`](crate::AirbyteSpec::form) does.
    fn described(form: &mut Form<'_>) -> Option<Self>;
}

/// The form of a configuration that may be [`Described`].
pub struct FormOf<T>(PhantomData<T>);

impl<T: Described> FormOf<T> {
    /// Names each field once.
    pub fn form(form: &mut Form<'_>) -> Option<T> {
        T::described(form)
    }
}

/// Stands in for a form that is not described. Never called: by then the compiler has refused the type of a field, and
/// the program is not built.
pub trait Undescribed<T> {
    /// A function of the type itself comes first.
    fn form(_: &mut Form<'_>) -> Option<T> {
        None
    }
}

impl<T> Undescribed<T> for FormOf<T> {}
