//! What the author wrote about a source: its configuration, its streams, its check.

pub(super) mod partitions;
pub(super) mod rate_limits;
mod signature;

use self::rate_limits::RateLimits;
use self::signature::Fetch;
use crate::attributes::{Attributes, as_text, bare};
use crate::errors::Errors;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, FnArg, Ident, ImplItem, ImplItemFn, Item, ItemFn, ItemImpl, Type};

/// `#[airbyte_source(…)]`.
pub(super) const ATTRIBUTES: &[&str] = &["check", "partitions", "rate_limit", "stop_when_exhausted", "crate"];

pub(super) struct Model {
    pub(super) config: Type,
    pub(super) streams: Vec<Stream>,
    /// Tries the connection.
    pub(super) check: Option<Function>,
    pub(super) rate_limits: Option<RateLimits>,
    pub(super) stops_when_exhausted: bool,
}

pub(super) struct Stream {
    pub(super) function: Function,
    pub(super) fetch: Fetch,
    /// Lists the partitions.
    pub(super) partitions: Option<Function>,
}

/// A function of the author's, as it is called by.
pub(super) enum Function {
    Named(Ident),
    /// What an attribute says.
    Given(Expr),
    /// A method of the configuration.
    Method(Ident),
}

impl Function {
    /// The span to blame when the whole function does not fit.
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Named(name) | Self::Method(name) => name.span(),
            Self::Given(path) => path.span(),
        }
    }
}

impl Model {
    pub(super) fn read(item: &Item, attributes: &mut Attributes, errors: &mut Errors) -> Option<Self> {
        let (check, partitions) = (attributes.expr("check", errors), attributes.expr("partitions", errors));
        let rate_limits = RateLimits::read(attributes, errors);
        let stops_when_exhausted = attributes.flag("stop_when_exhausted", errors).is_some();
        let model = match item {
            Item::Fn(function) => Self::of_function(function, check, partitions, errors),
            Item::Impl(block) => Self::of_impl(block, check.as_ref(), partitions.as_ref(), errors),
            other => {
                errors.at_item(other, "`#[airbyte_source]` goes on the fetch function, or on `impl Config` with a method per stream");
                None
            }
        };
        model.map(|model| Self { rate_limits, stops_when_exhausted, ..model })
    }

    fn new(config: Type, streams: Vec<Stream>, check: Option<Function>) -> Self {
        Self { config, streams, check, rate_limits: None, stops_when_exhausted: false }
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
                "on a function the partitions are an attribute of the source: `#[airbyte_source(partitions = list)]`",
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
        let function = Function::Named(name.clone());
        let streams = vec![Stream { function, fetch, partitions: partitions.map(Function::Given) }];
        Some(Self::new(config, streams, check.map(Function::Given)))
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
                "in an `impl` block each method names its own partitions: `#[partitions(list)]`",
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
            let partitions = partitions::read(method, &methods, errors);
            if let Some(fetch) = signature::read(&method.sig, partitions.is_some(), errors) {
                if streams.iter().any(|other| as_text(&other.fetch.record) == as_text(&fetch.record)) {
                    errors.at(&fetch.record, "another method fetches these records already: a stream has one record type, and a record type one stream");
                }
                let function = Function::Method(method.sig.ident.clone());
                let partitions = partitions.flatten().map(Function::Method);
                streams.push(Stream { function, fetch, partitions });
            }
        }
        if !found {
            errors.at(config, "no method here fetches a stream: one takes `out: &mut Emitter<Record>`, or returns an iterator of records");
        }
        let check = methods.iter().find(|method| method.sig.ident == "check");
        if let Some(check) = check {
            signature::read_check(&check.sig, errors);
        }
        let check = check.map(|method| Function::Method(method.sig.ident.clone()));
        Some(Self::new(config.clone(), streams, check))
    }
}

/// `T` of `&T`.
pub(super) fn referred(ty: &Type) -> &Type {
    match bare(ty) {
        Type::Reference(reference) => &reference.elem,
        other => other,
    }
}
