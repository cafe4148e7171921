//! `#[airbyte_stream(nested)]`: a type nested in a record. Primary keys and cursors can use its fields.

use super::columns::{Column, Columns};
use super::serde_attributes::SerdeAttributes;
use super::{check_attributes, check_generics};
use crate::attributes::{Attributes, as_text};
use crate::errors::Errors;
use crate::generated_code;
use crate::type_table::{self, Column as Written, is_option};
use syn::{DeriveInput, Ident, Path, Type, Visibility};

pub(in crate::stream) struct Nested {
    pub(in crate::stream) sdk: Path,
    pub(in crate::stream) ident: Ident,
    /// The fields that a record may name.
    pub(in crate::stream) fields: Vec<Field>,
}

pub(in crate::stream) struct Field {
    pub(in crate::stream) ident: Ident,
    pub(in crate::stream) ty: Type,
    /// The serialized name.
    pub(in crate::stream) name: String,
    /// Whether it may be null or left out.
    pub(in crate::stream) optional: bool,
}

impl Nested {
    pub(in crate::stream) fn read(
        mut attributes: Attributes,
        item: &DeriveInput,
        errors: &mut Errors,
    ) -> Self {
        let sdk = generated_code::sdk(&mut attributes, errors);
        attributes.flag("nested", errors);
        for attribute in attributes.rest() {
            let message = format!("`{attribute}` is for streams and cannot be combined with `nested`");
            errors.at(&attribute, message);
        }
        let generic = !item.generics.params.is_empty();
        check_generics(item, errors);
        check_attributes(item, errors);
        let columns = Columns::of(item);
        columns.check_names(errors);
        columns.check_types(errors);
        columns.check_foreign_types(None, errors);
        columns.check_flattened_fields(errors);
        let has_fields = !generic && !SerdeAttributes::of(&item.attrs).replaced;
        let fields = columns.columns.iter().filter(|column| has_fields && can_be_named(column, &item.vis));
        Self { sdk, ident: item.ident.clone(), fields: fields.map(Field::of).collect() }
    }
}

impl Field {
    fn of(column: &Column<'_>) -> Self {
        Self {
            ident: column.ident.clone(),
            ty: column.ty.clone(),
            name: column.name.clone(),
            optional: is_option(column.ty) || column.skip_if.is_some(),
        }
    }
}

/// Returns whether a record may name the column: it has one serialized name, and its type is at least as visible as the struct.
fn can_be_named(column: &Column<'_>, vis: &Visibility) -> bool {
    let visible =
        matches!(vis, Visibility::Inherited) || as_text(column.vis) == as_text(vis) || is_public(column.ty);
    visible && column.skip.is_none() && column.flatten.is_none() && column.custom.is_none()
}

/// Returns whether the type is public, and can be in a primary key or be a cursor.
fn is_public(ty: &Type) -> bool {
    if is_option(ty) {
        return type_table::arguments(ty).next().is_some_and(is_public);
    }
    type_table::known(ty).is_some_and(|known| {
        known.column == Written::Scalar && (known.primary_key.is_ok() || known.cursor.is_ok())
    })
}
