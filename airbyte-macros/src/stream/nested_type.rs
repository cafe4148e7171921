//! `#[airbyte_stream(nested)]`: a type within a record. It is written like one, and tells its fields to the keys and
//! cursors that lead through it.

use super::expand;
use super::model::columns::{Column, Columns};
use super::model::serde_attributes;
use crate::attributes::{Words, as_text};
use crate::errors::Errors;
use crate::generated_code;
use crate::type_table::{self, Column as Written, is_option};
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Type, Visibility};

pub(super) fn attribute(mut words: Words, item: DeriveInput, mut errors: Errors) -> TokenStream {
    let sdk = generated_code::sdk(&mut words, &mut errors);
    words.flag("nested", &mut errors);
    for word in words.rest() {
        let message = format!("`{word}` is a word for a stream, and a type that is `nested` in one is none");
        errors.at(&word, message);
    }
    let generic = !item.generics.params.is_empty();
    if generic {
        errors.at(&item.generics, "a type within a record has no generics: the schema of the record is one");
    }
    if let Data::Union(_) = item.data {
        errors.at(&item.ident, "a union cannot be written: nothing says which of its fields is meant");
        let errors = errors.finish();
        return quote!(#errors #item);
    }
    super::model::check_attributes(&item, &mut errors);
    let columns = Columns::of(&item);
    columns.check_names(&mut errors);
    columns.check_types(&mut errors);
    columns.check_flattened_fields(&mut errors);
    let fields: TokenStream = if generic || serde_attributes::Words::of(&item.attrs).replaced {
        TokenStream::new()
    } else {
        columns
            .columns
            .iter()
            .filter(|column| is_told(column, &item.vis))
            .map(|column| field(&item, column))
            .collect()
    };
    let errors = errors.finish();
    let fields = (!fields.is_empty()).then(|| generated_code::block(&sdk, fields));
    let item = expand::written(&sdk, item);
    quote!(#errors #item #fields)
}

/// What a record may name: what is written under one name, and of a type that is no more hidden than the struct.
fn is_told(column: &Column<'_>, vis: &Visibility) -> bool {
    let visible =
        matches!(vis, Visibility::Inherited) || as_text(column.vis) == as_text(vis) || is_public(column.ty);
    visible && column.skip.is_none() && column.flatten.is_none() && column.custom.is_none()
}

/// Whether the type is as visible as can be, so that a field of it can be told to whoever asks. One that is neither part of a
/// key nor a cursor is asked for by nobody.
fn is_public(ty: &Type) -> bool {
    if is_option(ty) {
        return type_table::arguments(ty).next().is_some_and(is_public);
    }
    type_table::known(ty).is_some_and(|known| {
        known.column == Written::Scalar && (known.primary_key.is_ok() || known.cursor.is_ok())
    })
}

fn field(item: &DeriveInput, column: &Column<'_>) -> TokenStream {
    let Column { ident, ty, name, .. } = column;
    let (of, plain) = (&item.ident, ident.unraw().to_string());
    let optional = is_option(ty) || column.skip_if.is_some();
    quote! {
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        #[doc(hidden)]
        impl __airbyte::NestedField<{ __airbyte::field(#plain) }> for #of {
            type Type = #ty;
            const WRITTEN_AS: &'static str = #name;
            const OPTIONAL: bool = #optional;
            #[inline]
            fn get(&self) -> __airbyte::Option<&#ty> {
                __airbyte::Some(&self.#ident)
            }
        }
    }
}
