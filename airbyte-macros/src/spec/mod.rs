//! `#[derive(AirbyteSpec)]`: a struct becomes a form or a part of one, an enum a choice.

mod model;
mod choice;
mod field;
mod oauth;

mod check;
mod doubts;
mod expand;
mod kind;
mod limits;
mod secrecy;
mod show;
mod serde;

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
