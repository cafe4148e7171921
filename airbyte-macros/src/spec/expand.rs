//! Writes the impl of `AirbyteSpec`: one chain of calls per field, nothing else.

use super::model::{Field, Model};
use crate::frame;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Expr, ExprLit, Lit, Path};

pub(super) fn expand(model: &Model, sdk: &Path) -> TokenStream {
    let Model { ident, title, .. } = model;
    let description = constant("DESCRIPTION", model.description.as_ref());
    let documentation_url = constant("DOCUMENTATION_URL", model.documentation_url.as_ref());
    let groups = model.groups.known().filter(|groups| !groups.is_empty()).map(|groups| {
        let groups = groups.iter().map(|(id, title)| quote!((#id, #title)));
        quote!(const GROUPS: &'static [(&'static str, &'static str)] = &[#(#groups),*];)
    });
    // Names of our own, so that they hide nothing that a default refers to.
    let own = |name: &str| Ident::new(name, Span::mixed_site());
    let form = own("form");
    let locals: Vec<_> = model.fields.iter().map(|field| own(&format!("__{}", field.name))).collect();
    // A type that cannot be a field is reported here, at its place; below it is then taken for one.
    let bounds = model.fields.iter().map(|Field { ty, .. }| {
        let value = frame::located(&quote!(#sdk::spec::ConfigValue), ty.span());
        quote_spanned!(ty.span()=> #ty: #value)
    });
    let idents = model.fields.iter().map(|field| &field.ident);
    let calls = model.fields.iter().map(field);
    frame::block(
        sdk,
        quote! {
            #[automatically_derived]
            #[allow(trivial_bounds)]
            impl __airbyte::AirbyteSpec for #ident where #(#bounds),* {
                const TITLE: &'static str = #title;
                #description
                #documentation_url
                #groups

                fn form(#form: &mut __airbyte::Form<'_>) -> __airbyte::Option<Self> {
                    #(let #locals = #form.field(#calls);)*
                    __airbyte::Some(Self { #(#idents: #locals?),* })
                }
            }
        },
    )
}

fn constant(name: &str, value: Option<&impl ToTokens>) -> Option<TokenStream> {
    let name = format_ident!("{name}");
    value.map(|value| quote!(const #name: __airbyte::Option<&'static str> = __airbyte::Some(#value);))
}

/// `Field::<Type>::new("name").title("…")…`; what may not fit the type carries the span of what the author wrote.
fn field(field: &Field) -> TokenStream {
    let Field { name, ty, title, .. } = field;
    let mut call = quote_spanned!(ty.span()=> __airbyte::Field::<#ty>::new(#name));
    call.extend(quote!(.title(#title)));
    if let Some(description) = &field.description {
        call.extend(quote!(.description(#description)));
    }
    let examples = &field.examples;
    if !examples.is_empty() {
        call.extend(quote!(.examples([#(#examples),*])));
    }
    if let Some(default) = &field.default {
        let value = match default {
            Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) => {
                quote_spanned!(default.span()=> __airbyte::Into::into(#default))
            }
            Expr::Lit(_) => default.to_token_stream(),
            // The type beside it makes the compiler say what is expected, and why.
            _ => quote!({ let value: #ty = #default; value }),
        };
        call.extend(quote_spanned!(default.span()=> .default(#value)));
    }
    let words = [
        ("pattern", field.pattern.as_ref().map(ToTokens::to_token_stream)),
        ("pattern_descriptor", field.pattern_descriptor.as_ref().map(ToTokens::to_token_stream)),
        ("min", field.min.as_ref().map(ToTokens::to_token_stream)),
        ("max", field.max.as_ref().map(ToTokens::to_token_stream)),
        ("group", field.group.as_ref().map(ToTokens::to_token_stream)),
    ];
    for (name, value) in words {
        if let Some(value) = value {
            let method = format_ident!("{name}", span = value.span());
            call.extend(quote_spanned!(value.span()=> .#method(#value)));
        }
    }
    for flag in [&field.hidden, &field.multiline, &field.always_show].into_iter().flatten() {
        call.extend(quote_spanned!(flag.span()=> .#flag()));
    }
    call
}

/// After a mistake: an impl that lets the rest of the crate be judged on its own.
pub(super) fn fallback(item: &DeriveInput, sdk: &Path) -> TokenStream {
    let ident = &item.ident;
    let generics = frame::generics(item, quote!(::core::marker::Send + ::core::marker::Sync + 'static));
    let (generics, arguments, bounds) = generics.split_for_impl();
    frame::block(
        sdk,
        quote! {
            #[automatically_derived]
            impl #generics __airbyte::AirbyteSpec for #ident #arguments #bounds {
                const TITLE: &'static str = "";

                fn form(_: &mut __airbyte::Form<'_>) -> __airbyte::Option<Self> {
                    __airbyte::None
                }
            }
        },
    )
}
