//! Asks for what a field needs by a name of our own, so that the compiler speaks of columns, and once: serde's and
//! schemars' derives would each ask in their attributes. Types that are known by name need nothing.

use crate::attributes::as_text;
use crate::stream::model::serde_attributes::SerdeAttributes;
use crate::unsupported_types;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Field, Fields, LitStr, Path};
use syn::{parse_quote, parse_quote_spanned};

pub(super) fn ask(sdk: &Path, item: &mut DeriveInput) {
    if !item.generics.params.is_empty() || SerdeAttributes::of(&item.attrs).replaced {
        return;
    }
    let ask = |fields: &mut Fields| fields.iter_mut().for_each(|field| ask_of(sdk, field));
    match &mut item.data {
        Data::Struct(data) => ask(&mut data.fields),
        Data::Enum(data) => data.variants.iter_mut().for_each(|variant| ask(&mut variant.fields)),
        Data::Union(_) => {}
    }
}

fn ask_of(sdk: &Path, field: &mut Field) {
    let attributes = SerdeAttributes::of(&field.attrs);
    let said = attributes.custom.or(attributes.flatten).or(attributes.skip).is_some();
    if said || field.attrs.iter().any(|attribute| attribute.path().is_ident("schemars")) {
        return;
    }
    let mut leaves = Vec::new();
    unsupported_types::unknown(&field.ty, &mut leaves);
    // One type within is pointed at; of several, the type around them is.
    let at = match leaves[..] {
        [] => return,
        [only] => only.span(),
        _ => field.ty.span(),
    };
    let whole = field.ty.to_token_stream().to_string();
    // What cannot stand in a text is asked for in the old way.
    if whole.contains('$') || mentions_self(field.ty.to_token_stream()) {
        return;
    }
    let private = format!("{}::__private", as_text(sdk).replace(' ', ""));
    let mut asked: Vec<String> = leaves.iter().map(|leaf| leaf.to_token_stream().to_string()).collect();
    asked.sort_unstable();
    asked.dedup();
    let described = |ones: &str| format!("<[{whole}; {ones}] as {private}::DescribedColumn>::As");
    let column = |ty: &str| format!("<{ty} as {private}::Column>");
    // The type around others is asked for where those can be in a record: else they would be reported twice.
    let column = if asked == [whole.as_str()] {
        column(&whole)
    } else {
        let ones: Vec<String> = asked.iter().map(|leaf| format!("{}::ONE", column(leaf))).collect();
        column(&described(&ones.join(" * ")))
    };
    let (write, described) = (format!("{column}::write"), described(&format!("{column}::ONE")));
    let (write, described) = (LitStr::new(&write, at), LitStr::new(&described, at));
    let asked: [Attribute; 2] = [
        parse_quote_spanned!(at=> #[serde(serialize_with = #write)]),
        parse_quote!(#[schemars(with = #described)]),
    ];
    field.attrs.extend(asked);
}

/// serde asks within an impl of its own, where `Self` is another type.
fn mentions_self(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions_self(group.stream()),
        TokenTree::Ident(ident) => ident == "Self",
        _ => false,
    })
}
