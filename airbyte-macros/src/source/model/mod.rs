//! What the author wrote about a source: its configuration, its streams, its check.

pub(super) mod signature;

use self::signature::Fetch;
use super::partitions;
use crate::attributes::{as_text, bare};
use crate::errors::Errors;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, FnArg, ImplItem, ImplItemFn, Item, ItemFn, ItemImpl, Type};

pub(super) struct Model {
    pub(super) config: Type,
    pub(super) streams: Vec<Stream>,
    /// The function that tries the connection.
    pub(super) check: Option<TokenStream>,
}

pub(super) struct Stream {
    /// How the function is called by.
    pub(super) path: TokenStream,
    pub(super) fetch: Fetch,
    /// The function that lists the partitions.
    pub(super) partitions: Option<TokenStream>,
}

impl Model {
    pub(super) fn read(
        item: &Item,
        check: Option<Expr>,
        partitions: Option<Expr>,
        errors: &mut Errors,
    ) -> Option<Self> {
        match item {
            Item::Fn(function) => Self::of_function(function, check, partitions, errors),
            Item::Impl(block) => Self::of_impl(block, check.as_ref(), partitions.as_ref(), errors),
            other => {
                errors.at_item(other, "`#[airbyte_source]` goes on the fetch function, or on `impl Config` with a method per stream");
                None
            }
        }
    }

    fn of_function(
        function: &ItemFn,
        check: Option<Expr>,
        partitions: Option<Expr>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let name = &function.sig.ident;
        if name == "main" {
            errors.at(name, "`main` is what `#[airbyte_source]` writes; name the function `fetch`");
        }
        if let Some(attribute) = partitions::find(&function.attrs) {
            errors.at(
                attribute,
                "on a function the partitions are a word of the source: `#[airbyte_source(partitions = list)]`",
            );
            return None;
        }
        for (word, function) in [("check", &check), ("partitions", &partitions)] {
            if let Some(text @ Expr::Lit(_)) = function {
                errors.at(text, format!("`{word}` takes the name of a function, without quotes"));
            }
        }
        let fetch = signature::read(&function.sig, partitions.is_some(), errors)?;
        let config = match function.sig.inputs.first() {
            Some(FnArg::Typed(argument)) => referred(&argument.ty).clone(),
            _ => return None,
        };
        let partitions = partitions.map(|partitions| partitions.to_token_stream());
        let streams = vec![Stream { path: name.to_token_stream(), fetch, partitions }];
        Some(Self { config, streams, check: check.map(|check| check.to_token_stream()) })
    }

    fn of_impl(
        block: &ItemImpl,
        check: Option<&Expr>,
        partitions: Option<&Expr>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let config = &*block.self_ty;
        if let Some(check) = check {
            errors.at(check, "in an `impl` block the check is the method named `check`");
        }
        if let Some(partitions) = partitions {
            errors.at(
                partitions,
                "in an `impl` block the partitions are said for each method: `#[partitions(list)]`",
            );
        }
        if !block.generics.params.is_empty() {
            errors.at(&block.generics, "a configuration has no generics");
        }
        if let Some((of, _)) = &block.trait_ {
            errors.at(of, "write the fetch methods in a plain `impl` block");
        }
        let methods: Vec<&ImplItemFn> = block
            .items
            .iter()
            .filter_map(|item| match item {
                ImplItem::Fn(method) => Some(method),
                _ => None,
            })
            .collect();
        let mut streams: Vec<Stream> = Vec::new();
        let mut found = false;
        for method in &methods {
            if !signature::is_fetch(&method.sig) {
                if let Some(attribute) = partitions::find(&method.attrs) {
                    errors.at(attribute, "`#[partitions(list)]` goes on a method that fetches a stream");
                }
                continue;
            }
            found = true;
            let partitions = partitions::read(method, config, &methods, errors);
            if let Some(fetch) = signature::read(&method.sig, partitions.is_some(), errors) {
                if streams.iter().any(|other| as_text(&other.fetch.record) == as_text(&fetch.record)) {
                    errors.at(&fetch.record, "another method fetches these records already: a stream has one record type, and a record type one stream");
                }
                streams.push(Stream {
                    path: path_of(config, method),
                    fetch,
                    partitions: partitions.flatten(),
                });
            }
        }
        if !found {
            errors.at(config, "no method here fetches a stream: one takes `out: &mut Emitter<Record>`, or returns an iterator of records");
        }
        let check = methods.iter().find(|method| method.sig.ident == "check");
        if let Some(check) = check {
            signature::read_check(&check.sig, errors);
        }
        let check = check.map(|method| path_of(config, method));
        Some(Self { config: config.clone(), streams, check })
    }
}

fn path_of(config: &Type, method: &ImplItemFn) -> TokenStream {
    let name = &method.sig.ident;
    let config = quote_spanned!(name.span()=> <#config>);
    quote!(#config::#name)
}

/// `T` of `&T`.
pub(super) fn referred(ty: &Type) -> &Type {
    match bare(ty) {
        Type::Reference(reference) => &reference.elem,
        other => other,
    }
}

impl Stream {
    /// The span to blame when the whole function does not fit.
    pub(super) fn span(&self) -> proc_macro2::Span {
        self.path.span()
    }
}
