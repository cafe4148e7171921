//! The fields of a record or of a nested struct: the columns, with the names they are serialized with.

use super::serde_attributes::SerdeAttributes;
use crate::attributes::{as_text, bare_path, field_path};
use crate::errors::{Errors, hint};
use crate::type_table::{self, Column as Written, is_option};
use crate::{doc_comments, unsupported_types};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Expr, Fields, Ident, Path, Type, Visibility};

pub(in crate::stream) struct Columns<'a> {
    of: &'a Ident,
    pub(in crate::stream) columns: Vec<Column<'a>>,
}

pub(in crate::stream) struct Column<'a> {
    pub(in crate::stream) ident: &'a Ident,
    pub(in crate::stream) ty: &'a Type,
    pub(in crate::stream) vis: &'a Visibility,
    /// The serialized name.
    pub(in crate::stream) name: String,
    /// The tokens that give that name.
    named_at: TokenStream,
    /// The attribute by which it has a custom serialization.
    pub(in crate::stream) custom: Option<Path>,
    /// The attribute by which its own fields become columns.
    pub(in crate::stream) flatten: Option<Path>,
    /// The attribute by which it is never serialized.
    pub(in crate::stream) skip: Option<Path>,
    /// The attribute by which it is not always serialized.
    pub(in crate::stream) skip_if: Option<Path>,
}

impl Column<'_> {
    /// Returns the error for a type that cannot be serialized.
    fn unwritable(&self) -> Option<syn::Error> {
        let (ty, why) = unsupported_types::unwritable(self.ty)?;
        let message = format!("`{}` cannot be the type of a column: {why}", unsupported_types::text(ty));
        Some(syn::Error::new_spanned(ty, message))
    }

    /// Returns the error for a date or a time of another crate.
    pub(in crate::stream) fn foreign_type(&self) -> Option<syn::Error> {
        let is_written = self.skip.is_none() && self.custom.is_none();
        let (ty, _) = unsupported_types::unwritable(self.ty).filter(|_| is_written)?;
        type_table::foreign(ty).and_then(|_| self.unwritable())
    }

    /// Returns the segment of the field in a path into the record; a flattened field has none.
    pub(in crate::stream) fn segment(&self) -> Option<String> {
        self.flatten.is_none().then(|| self.name.clone())
    }
}

/// A path from the record to a field, which may be nested.
pub(in crate::stream) struct FieldPath<'c, 'a> {
    pub(in crate::stream) column: &'c Column<'a>,
    pub(in crate::stream) rest: Vec<Ident>,
}

impl<'a> Columns<'a> {
    /// Returns the columns of a struct with named fields.
    pub(in crate::stream) fn of(item: &'a DeriveInput) -> Self {
        let mut columns = Vec::new();
        if let Data::Struct(data) = &item.data
            && let Fields::Named(fields) = &data.fields
        {
            let rule = SerdeAttributes::of(&item.attrs).rename_all.map(|rule| rule.value());
            for field in &fields.named {
                let Some(ident) = &field.ident else { continue };
                let attributes = SerdeAttributes::of(&field.attrs);
                let plain = ident.unraw().to_string();
                let (name, named_at) = match (attributes.rename, &rule) {
                    (Some(name), _) => (name.value(), name.to_token_stream()),
                    (None, Some(rule)) => {
                        (crate::rename_rules::renamed(&plain, rule), ident.to_token_stream())
                    }
                    (None, None) => (plain, ident.to_token_stream()),
                };
                let SerdeAttributes { custom, flatten, skip, skip_if, .. } = attributes;
                let (ty, vis) = (&field.ty, &field.vis);
                columns.push(Column { ident, ty, vis, name, named_at, custom, flatten, skip, skip_if });
            }
        }
        Self { of: &item.ident, columns }
    }

    /// Reports names that are invalid, or that a destination cannot distinguish.
    pub(in crate::stream) fn check_names(&self, errors: &mut Errors) {
        let written: Vec<&Column<'a>> =
            self.columns.iter().filter(|column| column.skip.is_none() && column.flatten.is_none()).collect();
        for (at, column) in written.iter().enumerate() {
            if let Some(fault) = doc_comments::name_fault(&column.name) {
                errors.at(&column.named_at, format!("{fault}, but it is the name of a column"));
                continue;
            }
            let folded = column.name.to_lowercase();
            let Some(other) = written[..at].iter().find(|other| other.name.to_lowercase() == folded) else {
                continue;
            };
            let (name, before) = (&column.name, &other.name);
            let message = if name == before {
                format!("two columns are named `{name}`: rename one")
            } else {
                format!(
                    "`{before}` and `{name}` differ only in case, and many destinations treat them as one column: rename one with `#[serde(rename = \"…\")]`"
                )
            };
            errors.at(&column.named_at, message);
        }
    }

    /// Reports types that cannot be serialized.
    pub(in crate::stream) fn check_types(&self, errors: &mut Errors) {
        for column in self.columns.iter().filter(|column| column.skip.is_none() && column.custom.is_none()) {
            if let Some(mistake) = column.foreign_type().is_none().then(|| column.unwritable()).flatten() {
                errors.push(mistake);
            }
        }
    }

    /// Reports dates and times of other crates; `cursor` reports that of the cursor.
    pub(in crate::stream) fn check_foreign_types(&self, cursor: Option<&Expr>, errors: &mut Errors) {
        let is_cursor = |column: &Column<'_>| {
            cursor.and_then(bare_path).is_some_and(|path| path == [column.ident.clone()])
        };
        for column in self.columns.iter().filter(|column| !is_cursor(column)) {
            if let Some(mistake) = column.foreign_type() {
                errors.push(mistake);
            }
        }
    }

    /// Reports flattened fields whose types have no fields.
    pub(in crate::stream) fn check_flattened_fields(&self, errors: &mut Errors) {
        for column in &self.columns {
            if let (Some(attribute), true) = (&column.flatten, unsupported_types::has_no_fields(column.ty)) {
                let (field, ty) = (column.ident, unsupported_types::text(column.ty));
                errors.at(
                    attribute,
                    format!("`flatten` puts the fields of `{field}` into the record, but `{ty}` has none: remove `flatten`"),
                );
            }
        }
    }

    /// Reports flattened maps, whose columns are not in the schema.
    pub(in crate::stream) fn check_flattened(&self, errors: &mut Errors) {
        for column in &self.columns {
            let is_map = matches!(
                type_table::column(type_table::unwrapped(column.ty)),
                Written::Map | Written::AnyJson
            );
            if let (Some(attribute), true) = (&column.flatten, is_map) {
                let field = column.ident;
                errors.at(
                    attribute,
                    format!("the columns that `{field}` would add are not in the schema, and the platform silently drops them: remove `flatten`, to make `{field}` a column that holds an object"),
                );
            }
        }
    }

    /// Returns the field that a path names. The compiler checks the nested fields.
    pub(in crate::stream) fn find<'c>(
        &'c self,
        path: &Expr,
        errors: &mut Errors,
    ) -> Option<FieldPath<'c, 'a>> {
        let mut rest = field_path(path, errors)?;
        let name = rest.remove(0);
        let Some(column) = self.columns.iter().find(|column| *column.ident == name) else {
            if !self.columns.is_empty() {
                let names: Vec<String> =
                    self.columns.iter().map(|column| column.ident.unraw().to_string()).collect();
                let given = name.unraw().to_string();
                let hint = hint(&given, names.iter().map(String::as_str));
                errors.at(&name, format!("`{}` has no field `{given}`{hint}", self.of));
            }
            return None;
        };
        if let Some(attribute) = &column.skip {
            let attribute = as_text(attribute);
            errors.at(path, format!("`{name}` is not a column, because it has `#[serde({attribute})]`"));
            return None;
        }
        if column.flatten.is_some() && rest.is_empty() {
            errors.at(
                path,
                format!("`{name}` is flattened, so its fields are the columns: write one of them, such as `{name}.field`"),
            );
            return None;
        }
        Some(FieldPath { column, rest })
    }
}

/// Returns why the type cannot be in a primary key, if its name tells.
pub(in crate::stream) fn not_a_key(ty: &Type) -> Option<String> {
    if is_option(ty) {
        return Some("is an `Option`, but primary key fields must not be null: make it required, or choose another field".to_owned());
    }
    let what = type_table::known(ty)?.primary_key.err()?;
    Some(format!("is {what}, but primary key fields must be strings, integers, booleans or dates"))
}

/// Returns why the type cannot be a cursor, if its name tells.
pub(in crate::stream) fn not_a_cursor(ty: &Type) -> Option<String> {
    if is_option(ty) {
        return not_a_cursor(type_table::arguments(ty).next()?);
    }
    let what = type_table::known(ty)?.cursor.err()?;
    Some(format!(
        "is {what}, but a cursor must be a `Date`, `DateTime` or `Timestamp`, an integer of up to 64 bits or a `String`, or an `Option` of one"
    ))
}

/// Returns why a path cannot go through the type, if its name tells.
pub(in crate::stream) fn not_a_way(ty: &Type) -> Option<String> {
    let what = match type_table::column(ty) {
        Written::List => "a list",
        Written::Map => "a map",
        _ => return None,
    };
    Some(format!("is {what}, and paths can only go through structs"))
}

/// Returns whether the type is known to be a cursor that is never null.
pub(in crate::stream) fn is_plain_cursor(ty: &Type) -> bool {
    type_table::known(ty).is_some_and(|known| known.column == Written::Scalar && known.cursor.is_ok())
}
