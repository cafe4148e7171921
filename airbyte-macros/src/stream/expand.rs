//! Writes the record with its serialisation and schema, and the impl of `Stream`.

use super::model::{Model, derives, is_ours};
use crate::{doc, frame};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, parse_quote};

pub(super) fn expand(model: &Model, mut item: DeriveInput) -> TokenStream {
    let Model { sdk, name, .. } = model;
    forget_mistakes(&mut item);
    describe(&mut item);
    let (serde, schemars) = (frame::path_text(sdk, "serde"), frame::path_text(sdk, "schemars"));
    let ident = &item.ident;
    let fallback = frame::generics(
        &item,
        quote!(__airbyte::serde::Serialize + __airbyte::schemars::JsonSchema + 'static),
    );
    let (generics, arguments, bounds) = fallback.split_for_impl();

    let namespace = model.namespace.as_ref().map(
        |namespace| quote!(const NAMESPACE: __airbyte::Option<&'static str> = __airbyte::Some(#namespace);),
    );
    let primary_key = (!model.primary_key.is_empty()).then(|| {
        let paths = model.primary_key.iter().map(|field| quote!(&[#field]));
        quote!(const PRIMARY_KEY: &'static [&'static [&'static str]] = &[#(#paths),*];)
    });
    let order = model.ascending.then(|| {
        quote!(
            const ORDER: __airbyte::Order = __airbyte::Order::Ascending;
        )
    });
    let (cursor_type, cursor) = match &model.cursor {
        None => (
            quote!(
                type Cursor = __airbyte::NoCursor;
            ),
            None,
        ),
        Some(cursor) => {
            let (field, ty, name) = (&cursor.field, &cursor.ty, &cursor.name);
            // Spanned at the type, so that one which cannot be a cursor is pointed at, and once.
            let projection = quote_spanned!(ty.span()=> <#ty as __airbyte::CursorField>::Cursor);
            let method = quote_spanned! {ty.span()=>
                #[inline]
                fn cursor(&self) -> __airbyte::Option<&#projection> {
                    <#ty as __airbyte::CursorField>::cursor(&self.#field)
                }
            };
            let constant = quote! {
                const CURSOR_FIELD: __airbyte::Option<&'static str> = __airbyte::Some(#name);
            };
            let older_state = model.older_state.as_ref().map(|function| {
                let call = quote_spanned!(function.span()=> #function(state));
                quote! {
                    fn older_state(state: &__airbyte::Value) -> __airbyte::SdkResult<__airbyte::Option<Self::Cursor>> {
                        #call
                    }
                }
            });
            (quote!(type Cursor = #projection;), Some(quote!(#constant #older_state #method)))
        }
    };
    let stream = frame::block(
        sdk,
        quote! {
            #[automatically_derived]
            impl #generics __airbyte::Stream for #ident #arguments #bounds {
                #cursor_type
                const NAME: &'static str = #name;
                #namespace
                #primary_key
                #order
                #cursor

                fn json_schema() -> __airbyte::JsonObject {
                    __airbyte::of_record::<Self>()
                }
            }
        },
    );
    quote! {
        #[derive(#sdk::__private::serde::Serialize, #sdk::__private::schemars::JsonSchema)]
        #[serde(crate = #serde)]
        #[schemars(crate = #schemars)]
        #item
        #stream
    }
}

/// Takes out what was reported and would be reported again by the compiler.
fn forget_mistakes(item: &mut DeriveInput) {
    item.attrs.retain(|attribute| !attribute.path().is_ident("airbyte"));
    for attribute in item.attrs.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let derives = derives(attribute);
        if derives.iter().any(is_ours) {
            let kept = derives.iter().filter(|derive| !is_ours(derive));
            *attribute = parse_quote!(#[derive(#(#kept),*)]);
        }
    }
    if let Data::Struct(data) = &mut item.data {
        for field in &mut data.fields {
            field.attrs.retain(|attribute| !attribute.path().is_ident("airbyte"));
        }
    }
}

/// Doc comments become descriptions as the other macros write them: paragraphs, not lines.
fn describe(item: &mut DeriveInput) {
    if let Some(description) = doc::comment(&item.attrs) {
        item.attrs.push(parse_quote!(#[schemars(description = #description)]));
    }
    let Data::Struct(data) = &mut item.data else {
        return;
    };
    for field in &mut data.fields {
        if let Some(description) = doc::comment(&field.attrs).map(|text| text.to_token_stream()) {
            field.attrs.push(parse_quote!(#[schemars(description = #description)]));
        }
    }
}
