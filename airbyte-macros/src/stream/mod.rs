//! `#[airbyte_stream(…)]`: makes a struct the record of a stream, or with `nested` a type nested in one.

mod expand;
mod model;

pub(crate) use self::model::default_name;

use crate::attributes::Attributes;
use crate::errors::Errors;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Item};

pub(crate) fn attribute(attributes: TokenStream, item: Item) -> TokenStream {
    let mut errors = Errors::new();
    let item: DeriveInput = match item {
        Item::Struct(item) => item.into(),
        Item::Enum(item) => item.into(),
        Item::Union(item) => item.into(),
        other => {
            let message = match other {
                Item::Fn(_) | Item::Impl(_) => {
                    "`#[airbyte_stream]` belongs on the struct of a record; for a fetch function or an `impl` block write `#[airbyte_source]`"
                }
                _ => "`#[airbyte_stream]` belongs on the struct of a record",
            };
            errors.at_item(&other, message);
            let errors = errors.finish();
            return quote!(#errors #other);
        }
    };
    let attributes = Attributes::parse(attributes, model::ATTRIBUTES, &mut errors);
    let is_nested = attributes.mention("nested");
    if let Data::Union(_) = item.data {
        let message = if is_nested {
            "unions are not supported: use a struct or an enum"
        } else {
            "a record is a struct with named fields, not a union"
        };
        errors.at(&item.ident, message);
        let errors = errors.finish();
        return quote!(#errors #item);
    }
    if is_nested {
        let nested = model::nested::Nested::read(attributes, &item, &mut errors);
        let errors = errors.finish();
        let nested = expand::nested::expand(&nested, item);
        return quote!(#errors #nested);
    }
    let model = model::Model::read(attributes, &item, &mut errors);
    let errors = errors.finish();
    // The impl is written even after a mistake, to avoid follow-up errors.
    let stream = expand::expand(&model, item);
    quote!(#errors #stream)
}
