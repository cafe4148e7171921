//! `#[airbyte_source]`: a fetch function, or an `impl` block of them, becomes a program.

mod expand;
mod model;
mod signature;

use crate::attr::Words;
use crate::errors::Errors;
use crate::{frame, keys};
use proc_macro2::TokenStream;
use quote::quote;
use syn::Item;

pub(crate) fn attribute(words: TokenStream, item: Item) -> TokenStream {
    let mut errors = Errors::new();
    let mut words = Words::parse(words, keys::SOURCE, &mut errors);
    let sdk = frame::sdk(&mut words, &mut errors);
    let model = model::Model::read(&item, words.expr("check", &mut errors), &mut errors);
    let main = match (errors.finish(), model) {
        (None, Some(model)) => expand::expand(&model, &sdk),
        // A crate without `main` would fail for a second time.
        (errors, _) => quote!(#errors fn main() {}),
    };
    quote!(#item #main)
}
