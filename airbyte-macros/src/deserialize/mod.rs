//! `#[derive(Deserialize)]`: serde's own derive, for crates that reach serde through the SDK only.

use crate::attr::Words;
use crate::errors::Errors;
use crate::{frame, keys};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, DeriveInput, Fields, Ident, Path};

pub(crate) fn derive(item: DeriveInput) -> TokenStream {
    let mut errors = Errors::new();
    let mut words = Words::of(&item.attrs, keys::DESERIALIZE, &mut errors);
    let sdk = frame::sdk(&mut words, &mut errors);
    if !item.generics.params.is_empty() {
        errors.at(&item.generics, "types with generics or lifetimes need serde itself: add `serde` to your crate and use its derive");
    }
    let body = match errors.finish() {
        None => mirror(item, &sdk),
        // The type is left without an impl: what else it is, is not known well enough to write one.
        Some(errors) => return errors,
    };
    frame::block(&sdk, body)
}

/// serde can write the impl for another type than the one it looks at ("remote"). It looks at a copy that lives in a
/// block where serde's crate has a name; the impl is forwarded to it.
fn mirror(mut item: DeriveInput, sdk: &Path) -> TokenStream {
    let ident = std::mem::replace(&mut item.ident, Ident::new("__Mirror", Span::mixed_site()));
    let (mirror, name, serde) = (&item.ident, ident.to_string(), frame::path_text(sdk, "serde"));
    let serde_attributes =
        |attributes: &mut Vec<Attribute>| attributes.retain(|attribute| attribute.path().is_ident("serde"));
    serde_attributes(&mut item.attrs);
    match &mut item.data {
        syn::Data::Struct(data) => fields_of(&mut data.fields, serde_attributes),
        syn::Data::Enum(data) => {
            for variant in &mut data.variants {
                serde_attributes(&mut variant.attrs);
                fields_of(&mut variant.fields, serde_attributes);
            }
        }
        syn::Data::Union(_) => {}
    }
    let mirror = mirror.to_token_stream();
    quote! {
        #[derive(__airbyte::serde::Deserialize)]
        #[serde(crate = #serde, remote = #name)]
        #[allow(dead_code)]
        #item

        #[automatically_derived]
        impl<'de> __airbyte::serde::Deserialize<'de> for #ident {
            fn deserialize<D: __airbyte::serde::Deserializer<'de>>(deserializer: D) -> __airbyte::Result<Self, D::Error> {
                #mirror::deserialize(deserializer)
            }
        }
    }
}

fn fields_of(fields: &mut Fields, keep: impl Fn(&mut Vec<Attribute>)) {
    for field in fields {
        keep(&mut field.attrs);
    }
}
