//! `#[derive(AirbyteSpec)]`: a struct becomes a form.

mod model;

mod check;
mod expand;

use crate::errors::Errors;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

pub(crate) fn derive(item: DeriveInput) -> TokenStream {
    let mut errors = Errors::new();
    let (model, frame) = model::Model::read(&item, &mut errors);
    match (errors.finish(), model) {
        (None, Some(model)) => expand::expand(&model, &frame),
        (errors, _) => {
            let fallback = expand::fallback(&item, &frame);
            quote!(#errors #fallback)
        }
    }
}
