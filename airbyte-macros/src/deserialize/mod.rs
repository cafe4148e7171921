//! `#[derive(Deserialize)]`: serde's own derive, for crates that reach serde through the SDK only.

mod expand;

use crate::attributes::Attributes;
use crate::errors::Errors;
use crate::generated_code;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Fields};

pub(crate) fn derive(item: DeriveInput) -> TokenStream {
    let mut errors = Errors::new();
    let mut attributes = Attributes::of(&item.attrs, &["crate"], &mut errors);
    let sdk = generated_code::sdk(&mut attributes, &mut errors);
    if !item.generics.params.is_empty() {
        errors.at(&item.generics, "types with generics or lifetimes need serde itself: add `serde` to your crate and use its derive");
    }
    if let Data::Union(_) = item.data {
        errors.at(&item.ident, "a union cannot be read: nothing says which of its fields is meant");
    }
    for attribute in field_attributes(&item.data).filter(|attribute| attribute.path().is_ident("airbyte")) {
        errors.at(attribute.path(), "a field that is only read has no `#[airbyte(…)]`; see `#[serde(…)]`, such as `#[serde(rename = \"…\")]`");
    }
    match errors.finish() {
        None => generated_code::block(&sdk, expand::mirror(item, &sdk)),
        Some(errors) => {
            let fallback = generated_code::block(&sdk, expand::fallback(&item));
            quote!(#errors #fallback)
        }
    }
}

fn field_attributes(data: &Data) -> impl Iterator<Item = &Attribute> {
    let fields: Vec<&Fields> = match data {
        Data::Struct(data) => vec![&data.fields],
        Data::Enum(data) => data.variants.iter().map(|variant| &variant.fields).collect(),
        Data::Union(_) => Vec::new(),
    };
    fields.into_iter().flatten().flat_map(|field| &field.attrs)
}
