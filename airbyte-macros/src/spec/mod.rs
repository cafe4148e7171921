//! `#[derive(AirbyteSpec)]` for the configuration, and `#[derive(ConfigValue)]` for the type of a field in it.

mod expand;
mod model;

use crate::errors::Errors;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

pub(crate) fn derive_spec(item: DeriveInput) -> TokenStream {
    let mut errors = Errors::new();
    let (spec, sdk) = model::Spec::read(&item, &mut errors);
    match (errors.finish(), spec) {
        (None, Some(spec)) => expand::spec(&spec, &sdk),
        (errors, _) => {
            let fallback = expand::spec_fallback(&item, &sdk);
            quote!(#errors #fallback)
        }
    }
}

pub(crate) fn derive_value(item: DeriveInput) -> TokenStream {
    let mut errors = Errors::new();
    let (value, sdk) = model::Value::read(&item, &mut errors);
    match (errors.finish(), value) {
        (None, Some(value)) => expand::value(&value, &sdk),
        (errors, _) => {
            let fallback = expand::value_fallback(&item, &sdk);
            quote!(#errors #fallback)
        }
    }
}
