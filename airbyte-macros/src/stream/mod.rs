//! `#[airbyte_stream(…)]`: a struct becomes the record of a stream.

mod expand;
mod model;

use crate::errors::Errors;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

pub(crate) fn attribute(words: TokenStream, item: DeriveInput) -> TokenStream {
    let mut errors = Errors::new();
    let model = model::Model::read(words, &item, &mut errors);
    let errors = errors.finish();
    // The stream stands even after a mistake, so that nothing else in the crate fails because of it.
    let stream = expand::expand(&model, item);
    quote!(#errors #stream)
}
