//! Writes the derive of serde on a copy of the type.

use crate::generated_code;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Data, DeriveInput, Fields, Ident, Meta, Path, parse_quote};

/// serde can write the impl for another type than the one it looks at ("remote"). It looks at a copy that lives in a
/// block where serde's crate has a name; the impl is forwarded to it.
pub(super) fn mirror(mut item: DeriveInput, sdk: &Path) -> TokenStream {
    let ident = std::mem::replace(&mut item.ident, Ident::new("__Mirror", Span::mixed_site()));
    let (mirror, name, serde) = (&item.ident, ident.to_string(), generated_code::path_text(sdk, "serde"));
    let serde_attributes =
        |attributes: &mut Vec<Attribute>| attributes.retain(|attribute| attribute.path().is_ident("serde"));
    serde_attributes(&mut item.attrs);
    item.attrs.retain(|attribute| !names_the_crate(attribute));
    match &mut item.data {
        Data::Struct(data) => fields_of(&mut data.fields, serde_attributes),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                serde_attributes(&mut variant.attrs);
                fields_of(&mut variant.fields, serde_attributes);
            }
        }
        Data::Union(_) => {}
    }
    let mirror = mirror.to_token_stream();
    quote! {
        #[derive(__airbyte::serde::Deserialize)]
        #[serde(crate = #serde, remote = #name)]
        #[allow(dead_code)]
        #item

        #[allow(unused_imports)]
        use __airbyte::Unread as _;

        #[automatically_derived]
        #[doc(hidden)]
        impl<'de> __airbyte::serde::Deserialize<'de> for #ident {
            fn deserialize<D: __airbyte::serde::Deserializer<'de>>(deserializer: D) -> __airbyte::Result<Self, D::Error> {
                #mirror::deserialize(deserializer)
            }
        }
    }
}

/// Whether another macro wrote this for its own derives (`#[serde(crate = "…")]`); the mirror says it, too.
fn names_the_crate(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    list.tokens.clone().into_iter().next().is_some_and(|token| token.to_string() == "crate")
}

/// After a mistake: an impl that lets the rest of the crate be judged on its own.
pub(super) fn fallback(item: &DeriveInput) -> TokenStream {
    let ident = &item.ident;
    let mut with_lifetime = item.generics.clone();
    with_lifetime.params.insert(0, parse_quote!('__de));
    let (generics, _, _) = with_lifetime.split_for_impl();
    let (_, arguments, bounds) = item.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        #[doc(hidden)]
        impl #generics __airbyte::serde::Deserialize<'__de> for #ident #arguments #bounds {
            fn deserialize<D: __airbyte::serde::Deserializer<'__de>>(_: D) -> __airbyte::Result<Self, D::Error> {
                __airbyte::Result::Err(__airbyte::serde::de::Error::custom(""))
            }
        }
    }
}

fn fields_of(fields: &mut Fields, keep: impl Fn(&mut Vec<Attribute>)) {
    for field in fields {
        keep(&mut field.attrs);
    }
}
