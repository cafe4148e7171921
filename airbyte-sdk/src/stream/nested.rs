//! Paths of primary keys and cursors into nested structs.
//!
//! The macro sees neither the type of a nested field nor its serialized name. So `#[airbyte_stream(nested)]` implements
//! [`NestedField`] for each field of a struct, and the macro turns a path into a chain of these projections.

/// A field of a nested struct. `ID` is the hash of its name by [`field`], since strings cannot be const parameters.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no such field",
    label = "no serialized and visible field of this name",
    note = "a path leads through structs with `#[airbyte_stream(nested)]`, and its fields must be as visible as their struct"
)]
pub trait NestedField<const ID: u64> {
    /// The type of the field.
    type Type;

    /// The serialized name of the field.
    const WRITTEN_AS: &'static str;

    /// Whether the field may be null or missing.
    const OPTIONAL: bool;

    /// Returns the value, or `None` if it is null.
    fn get(&self) -> Option<&Self::Type>;
}

#[diagnostic::do_not_recommend]
impl<const ID: u64, T: NestedField<ID>> NestedField<ID> for Option<T> {
    type Type = T::Type;
    const WRITTEN_AS: &'static str = T::WRITTEN_AS;
    const OPTIONAL: bool = true;

    #[inline]
    fn get(&self) -> Option<&T::Type> {
        self.as_ref()?.get()
    }
}

#[diagnostic::do_not_recommend]
impl<const ID: u64, T: NestedField<ID>> NestedField<ID> for Box<T> {
    type Type = T::Type;
    const WRITTEN_AS: &'static str = T::WRITTEN_AS;
    const OPTIONAL: bool = T::OPTIONAL;

    #[inline]
    fn get(&self) -> Option<&T::Type> {
        (**self).get()
    }
}

/// Returns the FNV-1a hash of a name. If two fields of a struct had the same hash, their impls would not compile.
pub const fn field(name: &str) -> u64 {
    let (bytes, mut hash, mut at) = (name.as_bytes(), 0xcbf2_9ce4_8422_2325_u64, 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}
