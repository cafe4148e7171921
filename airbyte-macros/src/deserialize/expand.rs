//! Applies serde's derive to a copy of the type.

use crate::attributes::as_text;
use crate::{generated_code, unsupported_types};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Expr, Fields, Ident, Meta, Path, Token, Type, parenthesized, parse_quote,
};

/// serde can derive an impl for another type than the annotated one (`remote`). It is applied to a copy in a block where the
/// path to serde's crate is known; the impl for the type itself calls it.
pub(super) fn mirror(mut item: DeriveInput, sdk: &Path) -> TokenStream {
    let ident = std::mem::replace(&mut item.ident, Ident::new("__Mirror", Span::mixed_site()));
    let (mirror, name, serde) = (&item.ident, ident.to_string(), generated_code::path_text(sdk, "serde"));
    let serde_attributes =
        |attributes: &mut Vec<Attribute>| attributes.retain(|attribute| attribute.path().is_ident("serde"));
    serde_attributes(&mut item.attrs);
    item.attrs.retain(|attribute| !names_the_crate(attribute));
    match &mut item.data {
        Data::Struct(data) => fields_of(&mut data.fields, serde_attributes),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                serde_attributes(&mut variant.attrs);
                fields_of(&mut variant.fields, serde_attributes);
            }
        }
        Data::Union(_) => {}
    }
    let mirror = mirror.to_token_stream();
    let (bound, checks) = read_types(&item, sdk);
    quote! {
        #[derive(__airbyte::serde::Deserialize)]
        #[serde(crate = #serde, remote = #name #bound)]
        #[allow(dead_code)]
        #item

        #[allow(unused_imports)]
        use __airbyte::Unread as _;

        #[automatically_derived]
        #[doc(hidden)]
        impl<'de> __airbyte::serde::Deserialize<'de> for #ident {
            fn deserialize<D: __airbyte::serde::Deserializer<'de>>(deserializer: D) -> __airbyte::Result<Self, D::Error> {
                #mirror::deserialize(deserializer)
            }
        }

        #checks
    }
}

/// Bounds on the fields' types for serde's impl, and a check for each type in them that the macro does not know.
///
/// serde reports a field that cannot be read three times, in its own terms. With these bounds its impl does not apply to
/// such a field instead (see the SDK's `deferred_bounds`), and only the check fails, at the field.
fn read_types(item: &DeriveInput, sdk: &Path) -> (Option<TokenStream>, TokenStream) {
    let private = format!("{}::__private", as_text(sdk).replace(' ', ""));
    let mut bounds: Vec<String> = Vec::new();
    let mut checks = TokenStream::new();
    let replaced = ["from", "try_from", "remote", "bound"];
    let is_replaced = attribute_names(&item.attrs).iter().any(|name| replaced.contains(&name.as_str()));
    let mut leaves = Vec::new();
    for field in super::fields(&item.data).filter(|_| !is_replaced) {
        let names = attribute_names(&field.attrs);
        let own = ["skip", "skip_deserializing", "with", "deserialize_with", "borrow", "bound"];
        let whole = as_text(&field.ty);
        if names.iter().any(|name| own.contains(&name.as_str())) || !is_nameable(&field.ty) {
            continue;
        }
        let before = leaves.len();
        unsupported_types::unknown(&field.ty, &mut leaves);
        let bound = format!(
            "for<'__any> <{whole} as {private}::Believed<'__any>>::Type: {private}::serde::Deserialize<'de>"
        );
        if leaves.len() > before && !bounds.contains(&bound) {
            bounds.push(bound);
        }
    }
    let mut checked: Vec<String> = Vec::new();
    for leaf in leaves {
        let text = as_text(leaf);
        if !checked.contains(&text) {
            checks.extend(quote_spanned!(leaf.span()=> const _: () = #sdk::http::is_read::<#leaf>();));
            checked.push(text);
        }
    }
    let bounds = (!bounds.is_empty()).then(|| bounds.join(", "));
    (bounds.map(|bounds| quote!(, bound(deserialize = #bounds))), checks)
}

/// Returns whether the type means the same in a string and outside of the item.
fn is_nameable(ty: &Type) -> bool {
    let text = as_text(ty);
    !text.contains('$') && !text.split(' ').any(|token| token == "Self")
}

/// Returns the names in `#[serde(…)]`.
fn attribute_names(attributes: &[Attribute]) -> Vec<String> {
    let mut names = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        // serde reports invalid attributes.
        let _ = attribute.parse_nested_meta(|meta| {
            names.extend(meta.path.get_ident().map(Ident::to_string));
            if meta.input.peek(Token![=]) {
                meta.value()?.parse::<Expr>()?;
            } else if meta.input.peek(syn::token::Paren) {
                let content;
                parenthesized!(content in meta.input);
                content.parse::<TokenStream>()?;
            }
            Ok(())
        });
    }
    names
}

/// Returns whether this is `#[serde(crate = "…")]`, which another macro wrote for its own derives; the copy has its own.
fn names_the_crate(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    list.tokens.clone().into_iter().next().is_some_and(|token| token.to_string() == "crate")
}

/// After a mistake: an impl that avoids follow-up errors in the rest of the crate.
pub(crate) fn fallback(item: &DeriveInput) -> TokenStream {
    let ident = &item.ident;
    let mut with_lifetime = item.generics.clone();
    with_lifetime.params.insert(0, parse_quote!('__de));
    let (generics, _, _) = with_lifetime.split_for_impl();
    let (_, arguments, bounds) = item.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        #[doc(hidden)]
        impl #generics __airbyte::serde::Deserialize<'__de> for #ident #arguments #bounds {
            fn deserialize<D: __airbyte::serde::Deserializer<'__de>>(_: D) -> __airbyte::Result<Self, D::Error> {
                __airbyte::Result::Err(__airbyte::serde::de::Error::custom(""))
            }
        }
    }
}

fn fields_of(fields: &mut Fields, keep: impl Fn(&mut Vec<Attribute>)) {
    for field in fields {
        keep(&mut field.attrs);
    }
}
