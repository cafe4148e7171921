//! `#[airbyte_source]`: a fetch function, or an `impl` block of them, becomes a program.

mod expand;
mod model;

use crate::attributes::Attributes;
use crate::errors::Errors;
use crate::generated_code;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Item, parse_quote};

pub(crate) fn attribute(attributes: TokenStream, mut item: Item) -> TokenStream {
    let mut errors = Errors::new();
    let mut attributes = Attributes::parse(attributes, model::ATTRIBUTES, &mut errors);
    let sdk = generated_code::sdk(&mut attributes, &mut errors);
    let model = model::Model::read(&item, &mut attributes, &mut errors);
    model::partitions::take_out(&mut item);
    let main = match (errors.finish(), model) {
        (None, Some(model)) => expand::expand(&model, &sdk),
        (errors, _) => {
            step_aside(&mut item);
            // A crate without `main` would fail for a second time.
            quote!(#errors fn main() {})
        }
    };
    quote!(#item #main)
}

/// A function that took the name `main` was reported; two of them would be reported again.
fn step_aside(item: &mut Item) {
    if let Item::Fn(function) = item
        && function.sig.ident == "main"
    {
        function.sig.ident = Ident::new("__main", function.sig.ident.span());
        function.attrs.push(parse_quote!(#[allow(dead_code)]));
    }
}
