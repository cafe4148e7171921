//! Asks for what a field needs by a name of our own, so that the compiler speaks of columns, and once: serde's and
//! schemars' derives would each ask in their words. Types that are known by name need nothing.

use super::serde;
use crate::attr::{as_text, bare, last_segment};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Field, Fields, GenericArgument, LitStr, Path, PathArguments, Type};
use syn::{parse_quote, parse_quote_spanned};

/// What is around a type that the field is about.
const AROUND: &[&str] = &["Option", "Box", "Vec", "VecDeque", "HashSet", "BTreeSet", "HashMap", "BTreeMap"];

const KNOWN: &[&str] = &[
    "Binary",
    "Date",
    "DateTime",
    "Decimal",
    "RawJson",
    "String",
    "Time",
    "Timestamp",
    "Uuid",
    "Value",
    "bool",
    "char",
    "f32",
    "f64",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "str",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
];

pub(super) fn ask(sdk: &Path, item: &mut DeriveInput) {
    if !item.generics.params.is_empty() || serde::Words::of(&item.attrs).replaced {
        return;
    }
    let ask = |fields: &mut Fields| {
        if let Fields::Named(fields) = fields {
            fields.named.iter_mut().for_each(|field| ask_of(sdk, field));
        }
    };
    match &mut item.data {
        Data::Struct(data) => ask(&mut data.fields),
        Data::Enum(data) => data.variants.iter_mut().for_each(|variant| ask(&mut variant.fields)),
        Data::Union(_) => {}
    }
}

fn ask_of(sdk: &Path, field: &mut Field) {
    let words = serde::Words::of(&field.attrs);
    let said = words.custom.or(words.flatten).or(words.skip).is_some();
    if said || field.attrs.iter().any(|attribute| attribute.path().is_ident("schemars")) {
        return;
    }
    let (whole, Some(inner)) = (&field.ty, innermost(&field.ty)) else { return };
    let private = format!("{}::__private", as_text(sdk).replace(' ', ""));
    let (inner_text, whole) = (inner.to_token_stream().to_string(), whole.to_token_stream().to_string());
    let column = format!("<{inner_text} as {private}::Column<{whole}>>");
    let write = format!("{column}::write");
    let described = format!("<[{whole}; {column}::ONE] as {private}::DescribedColumn>::As");
    // What cannot stand in a text is asked for in the old way.
    if whole.contains('$') || mentions_self(field.ty.to_token_stream()) {
        return;
    }
    let (write, described) = (LitStr::new(&write, inner.span()), LitStr::new(&described, inner.span()));
    let asked: [Attribute; 2] = [
        parse_quote_spanned!(inner.span()=> #[serde(serialize_with = #write)]),
        parse_quote!(#[schemars(with = #described)]),
    ];
    field.attrs.extend(asked);
}

/// A type that the author may have forgotten to annotate, if it is one.
fn innermost(ty: &Type) -> Option<&Type> {
    if crate::types::is_array_of_named_length(bare(ty)) {
        return Some(ty);
    }
    let segment = last_segment(ty)?;
    match &segment.arguments {
        PathArguments::None => {
            let known = KNOWN.iter().any(|name| segment.ident == name);
            (!known).then_some(ty)
        }
        PathArguments::AngleBracketed(arguments) if AROUND.iter().any(|name| segment.ident == name) => {
            match arguments.args.last()? {
                GenericArgument::Type(inner) => innermost(inner),
                _ => None,
            }
        }
        _ => None,
    }
}

/// serde asks within an impl of its own, where `Self` is another type.
fn mentions_self(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions_self(group.stream()),
        TokenTree::Ident(ident) => ident == "Self",
        _ => false,
    })
}
