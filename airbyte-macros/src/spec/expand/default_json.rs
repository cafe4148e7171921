//! Writes `to_json`, which converts a value to the default that the spec shows.

use super::own;
use super::type_checks::Function;
use crate::spec::model::enums::{Body, Variant};
use crate::spec::model::fields::{Field, Member, Members};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Ident;

pub(super) fn of_struct(members: &Members) -> Function {
    let entries = members.0.iter().filter_map(|member| match member {
        Member::Field(Field { ident, key, .. }) => Some(entry(key, &quote!(&self.#ident))),
        Member::Flattened(ident, _) => Some(in_line(&quote!(&self.#ident))),
        Member::Skipped(..) => None,
    });
    function(quote!(__airbyte::object([#(#entries),*])))
}

pub(super) fn of_names(variants: &[&Ident], names: &[&String]) -> TokenStream {
    function(quote! {
        __airbyte::Into::into(match self {
            #(Self::#variants => #names,)*
        })
    })
    .with_body()
}

pub(super) fn of_one_of(variants: &[Variant], tag: &str) -> Function {
    let arms = variants.iter().map(|variant| arm(variant, tag));
    function(quote! {
        match self {
            #(#arms,)*
        }
    })
}

/// Returns the JSON of a variant.
fn arm(variant: &Variant, tag: &str) -> TokenStream {
    let Variant { ident, name, .. } = variant;
    let first = quote!((#tag, __airbyte::Into::into(#name)));
    match &variant.body {
        Body::Unit => quote!(Self::#ident => __airbyte::object([#first])),
        Body::Struct(_) => {
            let value = own("value");
            let entry = in_line(&value);
            quote!(Self::#ident(#value) => __airbyte::object([#first, #entry]))
        }
        Body::Fields(members) => {
            let mut rest = None;
            let (mut patterns, mut entries) = (Vec::new(), Vec::new());
            for member in &members.0 {
                let (Member::Field(Field { ident, .. }) | Member::Flattened(ident, _)) = member else {
                    rest = Some(quote!(..));
                    continue;
                };
                let local = own(&format!("__{ident}"));
                patterns.push(quote!(#ident: #local));
                entries.push(match member {
                    Member::Field(field) => entry(&field.key, &local),
                    _ => in_line(&local),
                });
            }
            quote!(Self::#ident { #(#patterns,)* #rest } => __airbyte::object([#first, #(#entries),*]))
        }
    }
}

fn function(body: TokenStream) -> Function {
    let withheld = withheld();
    Function {
        name: quote!(to_json),
        arguments: quote!(self, #withheld),
        signature: quote!(fn to_json(&self, #withheld: &mut __airbyte::Withheld) -> __airbyte::Value),
        body,
    }
}

fn entry(key: &str, value: &impl ToTokens) -> TokenStream {
    let withheld = withheld();
    quote!((#key, __airbyte::ConfigValue::to_json(#value, #withheld)))
}

/// Returns the fields of a flattened struct.
fn in_line(value: &impl ToTokens) -> TokenStream {
    let withheld = withheld();
    quote!(("", __airbyte::Fields::to_json(#value, #withheld)))
}

/// Returns the name of the argument. The underscore avoids a warning if it is unused; the locals of fields begin with two.
fn withheld() -> Ident {
    own("_withheld")
}
