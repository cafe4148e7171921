//! `#[airbyte_stream(…)]`: a struct becomes the record of a stream, or with `nested` a part of one.

mod expand;
mod model;
mod nested_type;

use crate::attribute_names;
use crate::attributes::Words;
use crate::errors::Errors;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Item};

pub(crate) fn attribute(words: TokenStream, item: Item) -> TokenStream {
    let mut errors = Errors::new();
    let item: DeriveInput = match item {
        Item::Struct(item) => item.into(),
        Item::Enum(item) => item.into(),
        Item::Union(item) => item.into(),
        other => {
            errors.at_item(&other, "`#[airbyte_stream]` goes on a struct: the record");
            let errors = errors.finish();
            return quote!(#errors #other);
        }
    };
    let words = Words::parse(words, attribute_names::STREAM, &mut errors);
    if words.mention("nested") {
        return nested_type::attribute(words, item, errors);
    }
    if let syn::Data::Union(_) = item.data {
        errors.at(
            &item.ident,
            "a record is a struct with named fields; nothing says which field of a union is meant",
        );
        let errors = errors.finish();
        return quote!(#errors #item);
    }
    let model = model::Model::read(words, &item, &mut errors);
    let errors = errors.finish();
    // The stream stands even after a mistake, so that nothing else in the crate fails because of it.
    let stream = expand::expand(&model, item);
    quote!(#errors #stream)
}
