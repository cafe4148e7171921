//! Writes a nested type, and an impl of `NestedField` for each field that a primary key or a cursor may use.

use crate::generated_code;
use crate::stream::model::nested::{Field, Nested};
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{DeriveInput, Ident};

pub(in crate::stream) fn expand(nested: &Nested, item: DeriveInput) -> TokenStream {
    let Nested { sdk, ident, fields } = nested;
    let fields: TokenStream = fields.iter().map(|nested| field(ident, nested)).collect();
    let fields = (!fields.is_empty()).then(|| generated_code::block(sdk, fields));
    let item = super::written(sdk, item);
    quote!(#item #fields)
}

fn field(of: &Ident, field: &Field) -> TokenStream {
    let Field { ident, ty, name, optional } = field;
    let plain = ident.unraw().to_string();
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
