//! How a key or a cursor leads into a struct within the record.

/// A field of a struct within a record, known by [`field`]'s number for its name, since names cannot be parameters.
#[diagnostic::on_unimplemented(
    message = "the path leads to no field of `{Self}`",
    label = "no such field that a record writes and that can be seen from here",
    note = "paths lead through structs with `#[airbyte_stream(nested)]`, and fields as visible as the struct"
)]
pub trait NestedField<const ID: u64> {
    /// The type of the field.
    type Type;

    /// The field's name as the record writes it.
    const WRITTEN_AS: &'static str;

    /// Whether it may be null or left out.
    const OPTIONAL: bool;

    /// The field, if it is there.
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

/// A number for a name (FNV-1a). Should two fields of one struct share it, their impls would not compile.
pub const fn field(name: &str) -> u64 {
    let (bytes, mut hash, mut at) = (name.as_bytes(), 0xcbf2_9ce4_8422_2325_u64, 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}
