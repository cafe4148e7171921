//! `#[derive(Deserialize)]`: serde's derive, for crates that do not depend on serde.

mod expand;

pub(crate) use self::expand::fallback;

use crate::attributes::Attributes;
use crate::errors::Errors;
use crate::{generated_code, unsupported_types};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Expr, Field, Fields, LitStr, Meta, MetaNameValue, Path, Token};

pub(crate) fn derive(item: DeriveInput) -> TokenStream {
    let mut errors = Errors::new();
    let mut attributes = Attributes::of(&item.attrs, &["crate"], &mut errors);
    let of_stream = item.attrs.iter().find_map(sdk_of_stream);
    let sdk = of_stream.unwrap_or_else(|| generated_code::sdk(&mut attributes, &mut errors));
    let is_record = item.attrs.iter().any(is_stream_attribute);
    let owned = unowned(&item);
    match &owned {
        // `#[airbyte_stream]` reports it.
        Some(_) if is_record => {}
        Some((at, message)) => errors.at(at, message),
        None => {}
    }
    let is_unreadable = owned.is_some();
    if let Data::Union(_) = item.data {
        errors.at(&item.ident, "unions are not supported: use a struct or an enum");
    }
    for attribute in field_attributes(&item.data).filter(|attribute| attribute.path().is_ident("airbyte")) {
        errors.at(
            attribute.path(),
            "`#[airbyte(…)]` is for configurations; write `#[serde(…)]`, such as `#[serde(rename = \"…\")]`",
        );
    }
    match errors.finish() {
        None if !is_unreadable => generated_code::block(&sdk, expand::mirror(item, &sdk)),
        errors => {
            let fallback = generated_code::block(&sdk, expand::fallback(&item));
            quote!(#errors #fallback)
        }
    }
}

/// Generics and references, which a type that is read must not have, with a message.
fn unowned(item: &DeriveInput) -> Option<(TokenStream, &'static str)> {
    const OWNED: &str =
        "a type that is read must own its data: remove the lifetime, and use `String` instead of `&str`";
    let generics = &item.generics;
    if generics.params.is_empty() {
        let reference = fields(&item.data).find_map(|field| unsupported_types::elided_reference(&field.ty));
        return reference.map(|reference| (reference.to_token_stream(), OWNED));
    }
    let message = if generated_code::has_lifetimes_only(generics) {
        OWNED
    } else {
        "generic types need serde's own derive: add `serde` to your crate and write `#[derive(serde::Deserialize)]`"
    };
    Some((generics.to_token_stream(), message))
}

/// Returns the path to the SDK that `#[airbyte_stream]` names: in its own `crate = …` if it follows the derive, otherwise in
/// the `#[serde(crate = "…")]` that it wrote.
fn sdk_of_stream(attribute: &Attribute) -> Option<Path> {
    if is_stream_attribute(attribute) {
        let arguments = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
        return arguments.into_iter().find_map(|argument| match argument {
            Meta::NameValue(MetaNameValue { path, value: Expr::Path(sdk), .. }) if path.is_ident("crate") => {
                Some(sdk.path)
            }
            _ => None,
        });
    }
    let mut sdk = None;
    if attribute.path().is_ident("serde") {
        // serde reports invalid attributes.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("crate") {
                let text = meta.value()?.parse::<LitStr>()?.value();
                sdk = text.strip_suffix("::__private::serde").and_then(|sdk| syn::parse_str(sdk).ok());
            }
            Ok(())
        });
    }
    sdk
}

fn is_stream_attribute(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|segment| segment.ident == "airbyte_stream")
}

fn field_attributes(data: &Data) -> impl Iterator<Item = &Attribute> {
    fields(data).flat_map(|field| &field.attrs)
}

fn fields(data: &Data) -> impl Iterator<Item = &Field> {
    let fields: Vec<&Fields> = match data {
        Data::Struct(data) => vec![&data.fields],
        Data::Enum(data) => data.variants.iter().map(|variant| &variant.fields).collect(),
        Data::Union(_) => Vec::new(),
    };
    fields.into_iter().flatten()
}
