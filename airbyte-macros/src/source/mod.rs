//! `#[airbyte_source]`: turns a fetch function, or an `impl` block of them, into a program.

mod expand;
mod model;
mod other_mains;

use self::model::{children, partitions, return_types, windows};
use crate::attributes::Attributes;
use crate::errors::Errors;
use crate::generated_code;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::path::Path;
use syn::{Attribute, ImplItem, Item, parse_quote};

/// `file` is the one that the item is in, if that is known.
pub(crate) fn attribute(attributes: TokenStream, mut item: Item, file: Option<&Path>) -> TokenStream {
    let mut errors = Errors::new();
    let mut attributes = Attributes::parse(attributes, model::ATTRIBUTES, &mut errors);
    let sdk = generated_code::sdk(&mut attributes, &mut errors);
    let other_main = file.is_some_and(|file| other_mains::report(file, &item, &mut errors));
    let model = model::Model::read(&item, &mut attributes, &mut errors);
    take_out_attributes(&mut item);
    let main = match (errors.finish(), model) {
        (None, Some(model)) => expand::expand(&model, &sdk),
        (errors, _) => {
            avoid_further_errors(&mut item);
            // Without `main` the compiler would report that it is missing, and a second one as well.
            let main = (!other_main).then(|| {
                quote!(
                    fn main() {}
                )
            });
            quote!(#errors #main)
        }
    };
    // First, so that the compiler reports a wrong signature before what follows from it in the bodies.
    quote!(#main #item)
}

/// Removes the attributes of functions that the compiler does not know.
fn take_out_attributes(item: &mut Item) {
    let is_other = |attribute: &Attribute| {
        !partitions::is_partitions(attribute)
            && !children::is_children(attribute)
            && !windows::is_windows(attribute)
    };
    match item {
        Item::Fn(function) => function.attrs.retain(is_other),
        Item::Impl(block) => {
            for item in &mut block.items {
                if let ImplItem::Fn(method) = item {
                    method.attrs.retain(is_other);
                }
            }
        }
        _ => {}
    }
}

/// Removes what the compiler would report again: a function named `main`, and bodies that return another error type.
fn avoid_further_errors(item: &mut Item) {
    match item {
        Item::Fn(function) => {
            return_types::take_out_body(&function.sig.output, &mut function.block, &mut function.attrs);
            if function.sig.ident == "main" {
                function.sig.ident = Ident::new("__main", function.sig.ident.span());
                function.attrs.push(parse_quote!(#[allow(dead_code)]));
            }
        }
        Item::Impl(block) => {
            for item in &mut block.items {
                if let ImplItem::Fn(method) = item {
                    return_types::take_out_body(&method.sig.output, &mut method.block, &mut method.attrs);
                }
            }
        }
        _ => {}
    }
}
