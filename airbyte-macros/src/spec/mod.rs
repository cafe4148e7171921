//! `#[derive(AirbyteSpec)]`: a struct becomes a form or a part of one, an enum a choice.

mod expand;
mod model;

use crate::errors::Errors;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

pub(crate) fn derive(item: DeriveInput) -> TokenStream {
    let mut errors = Errors::new();
    let (model, sdk) = model::Model::read(&item, &mut errors);
    match (errors.finish(), model) {
        (None, Some(model)) => expand::expand(&model, &sdk),
        (errors, _) => {
            let fallback = expand::fallback(&item, &sdk);
            quote!(#errors #fallback)
        }
    }
}
