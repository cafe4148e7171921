//! What surrounds generated code: the path to the SDK, and a block that leaks no names.

use crate::attributes::Attributes;
use crate::errors::Errors;
use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, DeriveInput, Expr, GenericParam, Generics, Path, parse_quote};

/// Where the author's crate finds the SDK: `::airbyte_sdk`, or what `crate = ::renamed` says.
pub(crate) fn sdk(attributes: &mut Attributes, errors: &mut Errors) -> Path {
    let default = parse_quote!(::airbyte_sdk);
    match attributes.expr("crate", errors) {
        None => default,
        Some(Expr::Path(path)) if path.path.leading_colon.is_some() => path.path,
        Some(other) => {
            errors.at(&other, "expected an absolute path to the SDK, such as `crate = ::renamed`");
            default
        }
    }
}

/// The same, of an item whose other attributes do not matter.
pub(crate) fn sdk_of(attributes: &[Attribute]) -> Path {
    let mut errors = Errors::new();
    let sdk = sdk(&mut Attributes::of(attributes, &["crate"], &mut errors), &mut errors);
    errors.finish();
    sdk
}

/// Puts impls in a block of their own, where `__airbyte` is all that generated code needs to name.
pub(crate) fn block(sdk: &Path, body: impl ToTokens) -> TokenStream {
    let alias = alias(sdk);
    quote! {
        const _: () = {
            #alias
            #body
        };
    }
}

/// The one name that generated code uses.
pub(crate) fn alias(sdk: &Path) -> TokenStream {
    quote!(use #sdk::__private as __airbyte;)
}

/// The generics of an item. It has some by mistake only, and then its impl asks for all that it needs.
pub(crate) fn generics(item: &DeriveInput, needs: TokenStream) -> Generics {
    let mut generics = item.generics.clone();
    if !generics.params.is_empty() {
        let (ident, (_, arguments, _)) = (&item.ident, item.generics.split_for_impl());
        generics.make_where_clause().predicates.push(parse_quote!(#ident #arguments: #needs));
    }
    generics
}

/// The path to a crate behind the SDK, as serde and schemars want it: as a string.
pub(crate) fn path_text(sdk: &Path, name: &str) -> String {
    let mut text = sdk.to_token_stream().to_string().replace(' ', "");
    text.push_str("::__private::");
    text.push_str(name);
    text
}

/// Whether all generics of an item are lifetimes.
pub(crate) fn has_lifetimes_only(generics: &Generics) -> bool {
    generics.params.iter().all(|parameter| matches!(parameter, GenericParam::Lifetime(_)))
}

/// The same names, with what the compiler says of them said at another place.
pub(crate) fn located(tokens: &impl ToTokens, span: Span) -> TokenStream {
    let located = tokens.to_token_stream().into_iter().map(|mut token| {
        if let TokenTree::Group(group) = &token {
            token = Group::new(group.delimiter(), located(&group.stream(), span)).into();
        }
        token.set_span(span);
        token
    });
    located.collect()
}
