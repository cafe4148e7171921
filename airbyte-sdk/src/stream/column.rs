//! What can be in a record.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

/// A type that can be in a record, where a field is of that type or of `Whole` around it: both can be written and have a
/// schema. The macro asks for it by this name, so that the compiler says what is missing in words of ours, and of the
/// type within.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be in a record",
    label = "add `#[airbyte_stream(nested)]` to `{Self}`, if it is a type of yours",
    note = "the documentation of `#[airbyte_stream]` lists the types that a record can hold; one of another crate can be written `with` a function"
)]
pub trait Column<Whole> {
    /// For [`Described`].
    const ONE: usize;

    /// Writes a field.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    fn write<S: Serializer>(value: &Whole, serializer: S) -> Result<S::Ok, S::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + JsonSchema, Whole: Serialize + JsonSchema> Column<Whole> for T {
    const ONE: usize = 1;

    #[inline(always)]
    fn write<S: Serializer>(value: &Whole, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }
}

/// What is described, a field's type: the element of a list with [`Column::ONE`] of it. Where the number cannot be known,
/// as the field cannot be in a record, the compiler says so and nothing else of that type.
pub trait Described {
    /// The field's type.
    type As;
}

impl<Whole> Described for [Whole; 1] {
    type As = Whole;
}
