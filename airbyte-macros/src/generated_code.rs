//! Shared by all generated code: the path to the SDK, a block that leaks no names, and the places at which the compiler
//! reports errors in it.

use crate::attributes::Attributes;
use crate::errors::Errors;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, DeriveInput, Expr, GenericParam, Generics, Path, parse_quote};

/// Returns the path to the SDK in the author's crate: `::airbyte_sdk`, or the value of `crate = ::renamed`.
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

/// Returns the same, of an item whose other attributes do not matter.
pub(crate) fn sdk_of(attributes: &[Attribute]) -> Path {
    let mut errors = Errors::new();
    let sdk = sdk(&mut Attributes::of(attributes, &["crate"], &mut errors), &mut errors);
    errors.finish();
    sdk
}

/// Wraps impls in a block in which generated code names everything through `__airbyte`.
pub(crate) fn block(sdk: &Path, body: impl ToTokens) -> TokenStream {
    let alias = alias(sdk);
    quote! {
        const _: () = {
            #alias
            #body
        };
    }
}

/// Returns the one name that generated code brings into scope.
pub(crate) fn alias(sdk: &Path) -> TokenStream {
    quote!(use #sdk::__private as __airbyte;)
}

/// Returns the generics of an item, for its impl. They are always rejected; the bound keeps the impl from causing further errors.
pub(crate) fn generics(item: &DeriveInput, needs: TokenStream) -> Generics {
    let mut generics = item.generics.clone();
    if !generics.params.is_empty() {
        let (ident, (_, arguments, _)) = (&item.ident, item.generics.split_for_impl());
        generics.make_where_clause().predicates.push(parse_quote!(#ident #arguments: #needs));
    }
    generics
}

/// Returns the path to a crate that the SDK re-exports, as the string that serde and schemars expect.
pub(crate) fn path_text(sdk: &Path, name: &str) -> String {
    let mut text = sdk.to_token_stream().to_string().replace(' ', "");
    text.push_str("::__private::");
    text.push_str(name);
    text
}

/// Where the author wrote something. The spans of its first and its last token, since spans cannot be joined on stable.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl Place {
    pub(crate) fn of(tokens: &impl ToTokens) -> Self {
        let mut spans = ends(tokens.to_token_stream());
        let first = spans.next().unwrap_or_else(Span::call_site);
        Self { first, last: spans.last().unwrap_or(first) }
    }

    /// Moves the tokens of an expression to this place, at which errors in it are then reported.
    pub(crate) fn locate(self, tokens: &impl ToTokens) -> TokenStream {
        let mut tokens: Vec<TokenTree> = located(tokens, self.first).into_iter().collect();
        if let [_, .., last] = &mut tokens[..] {
            last.set_span(self.last);
        }
        tokens.into_iter().collect()
    }

    /// `__airbyte::name::<ty, _>`, with this many types left to the compiler. Errors in `ty` are reported where it is.
    pub(crate) fn generic(self, name: &str, ty: &impl ToTokens, inferred: usize) -> TokenStream {
        let name = Ident::new(name, self.first);
        let infer = std::iter::repeat_n(quote_spanned!(self.first=> , _), inferred);
        let begin = quote_spanned!(self.first=> __airbyte::#name::<);
        let end = quote_spanned!(self.last=> >);
        quote!(#begin #ty #(#infer)* #end)
    }

    /// `(arguments)`, with the parentheses at the end of this place.
    pub(crate) fn arguments(self, arguments: TokenStream) -> Group {
        let mut group = Group::new(Delimiter::Parenthesis, arguments);
        group.set_span(self.last);
        group
    }
}

/// Returns the spans of tokens, those of delimiters included.
fn ends(tokens: TokenStream) -> impl Iterator<Item = Span> {
    tokens.into_iter().flat_map(|token| match token {
        // A type that came through a macro of the author stands in an invisible group.
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => ends(group.stream()).collect(),
        TokenTree::Group(group) => vec![group.span_open(), group.span_close()],
        other => vec![other.span()],
    })
}

/// Returns whether all generics of an item are lifetimes.
pub(crate) fn has_lifetimes_only(generics: &Generics) -> bool {
    generics.params.iter().all(|parameter| matches!(parameter, GenericParam::Lifetime(_)))
}

/// Returns the same tokens, with errors about them reported at another place.
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
