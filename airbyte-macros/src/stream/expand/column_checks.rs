//! Makes the compiler report a field type that cannot be a column once, in terms of columns.
//!
//! serde's and schemars' derives would each report it, as a missing impl of their trait. `serialize_with` and `schemars(with)`
//! make both go through the SDK's `Column` instead. Types that are known by name need no check.

use crate::attributes::as_text;
use crate::stream::model::serde_attributes::SerdeAttributes;
use crate::unsupported_types;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Field, Fields, LitStr, Path};
use syn::{parse_quote, parse_quote_spanned};

pub(super) fn add(sdk: &Path, item: &mut DeriveInput) {
    if !item.generics.params.is_empty() || SerdeAttributes::of(&item.attrs).replaced {
        return;
    }
    let add = |fields: &mut Fields| fields.iter_mut().for_each(|field| check_field(sdk, field));
    match &mut item.data {
        Data::Struct(data) => add(&mut data.fields),
        Data::Enum(data) => data.variants.iter_mut().for_each(|variant| add(&mut variant.fields)),
        Data::Union(_) => {}
    }
}

fn check_field(sdk: &Path, field: &mut Field) {
    let attributes = SerdeAttributes::of(&field.attrs);
    let is_custom = attributes.custom.or(attributes.flatten).or(attributes.skip).is_some();
    if is_custom || field.attrs.iter().any(|attribute| attribute.path().is_ident("schemars")) {
        return;
    }
    let mut leaves = Vec::new();
    unsupported_types::unknown(&field.ty, &mut leaves);
    // A single unknown type is pointed at; of several, the whole field type.
    let at = match leaves[..] {
        [] => return,
        [only] => only.span(),
        _ => field.ty.span(),
    };
    let whole = field.ty.to_token_stream().to_string();
    // Types that cannot be written in a string literal keep serde's own bounds.
    if whole.contains('$') || mentions_self(field.ty.to_token_stream()) {
        return;
    }
    let private = format!("{}::__private", as_text(sdk).replace(' ', ""));
    let mut unknown: Vec<String> = leaves.iter().map(|leaf| leaf.to_token_stream().to_string()).collect();
    unknown.sort_unstable();
    unknown.dedup();
    let described = |ones: &str| format!("<[{whole}; {ones}] as {private}::DescribedColumn>::As");
    let column = |ty: &str| format!("<{ty} as {private}::Column>");
    // The whole type is checked only if the types in it can be columns; otherwise both would be reported.
    let column = if unknown == [whole.as_str()] {
        column(&whole)
    } else {
        let ones: Vec<String> = unknown.iter().map(|leaf| format!("{}::ONE", column(leaf))).collect();
        column(&described(&ones.join(" * ")))
    };
    let (write, described) = (format!("{column}::write"), described(&format!("{column}::ONE")));
    let (write, described) = (LitStr::new(&write, at), LitStr::new(&described, at));
    let checks: [Attribute; 2] = [
        parse_quote_spanned!(at=> #[serde(serialize_with = #write)]),
        parse_quote!(#[schemars(with = #described)]),
    ];
    field.attrs.extend(checks);
}

/// Returns whether a type mentions `Self`, which is another type in the impl that serde writes.
fn mentions_self(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions_self(group.stream()),
        TokenTree::Ident(ident) => ident == "Self",
        _ => false,
    })
}
