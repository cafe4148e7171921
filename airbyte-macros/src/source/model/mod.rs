//! Parses the input of the macro: the configuration of a source, its streams, its check.

pub(super) mod children;
pub(super) mod concurrency;
pub(super) mod partitions;
pub(super) mod rate_limits;
pub(super) mod return_types;
mod second;
mod methods;
mod signature;
pub(super) mod windows;

use self::concurrency::Concurrency;
use self::rate_limits::RateLimits;
use self::second::Second;
use self::signature::{Fetch, Home};
use self::windows::Windows;
use crate::attributes::{Attributes, as_text, bare};
use crate::errors::Errors;
use crate::unsupported_types::text;
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Expr, ExprLit, FnArg, Ident, ImplItem, ImplItemFn, Item, ItemFn, ItemImpl, Lit, LitStr, ReturnType, Type,
};

/// The attributes in `#[airbyte_source(…)]`.
pub(super) const ATTRIBUTES: &[&str] = &[
    "check",
    "partitions",
    "partition_key",
    "groups_of",
    "windows",
    "concurrency",
    "one_at_a_time",
    "rate_limit",
    "stop_when_exhausted",
    "crate",
];

pub(super) struct Model {
    pub(super) config: Type,
    pub(super) streams: Vec<Stream>,
    pub(super) check: Option<Function>,
    pub(super) rate_limits: Option<RateLimits>,
    pub(super) concurrency: Option<Concurrency>,
    /// The record types of the streams that are read one at a time.
    pub(super) one_at_a_time: Vec<Type>,
    pub(super) stops_when_exhausted: bool,
    /// The methods that fetch a stream and have a mistake that was reported.
    invalid: Vec<String>,
}

pub(super) struct Stream {
    pub(super) function: Function,
    pub(super) fetch: Fetch,
    /// The function that lists the partitions.
    pub(super) partitions: Option<Function>,
    /// How many partitions one call reads, if it takes several.
    pub(super) group_size: Option<Expr>,
    /// The function that lists the windows.
    pub(super) windows: Option<Windows>,
    /// The type of the parents' records, if it is a stream of children.
    pub(super) parent: Option<Type>,
    /// Whether only the parents that changed are visited.
    pub(super) follows_changes: bool,
    /// The type of a partition, if it is known and can be named outside of the `impl` block.
    pub(super) partition: Option<Type>,
    /// The key of a partition in states of the Python CDK.
    pub(super) partition_key: Option<LitStr>,
}

/// A function of the author's.
pub(super) enum Function {
    Named(Ident),
    /// The value of an attribute.
    Given(Expr),
    /// A method of the configuration, and where its return type is.
    Method(Ident, Span),
}

impl Function {
    fn name(&self) -> String {
        match self {
            Self::Named(name) | Self::Method(name, _) => name.to_string(),
            Self::Given(path) => as_text(path),
        }
    }

    fn method(method: &ImplItemFn) -> Self {
        let returns = match &method.sig.output {
            ReturnType::Type(_, ty) => ty.span(),
            ReturnType::Default => method.sig.ident.span(),
        };
        Self::Method(method.sig.ident.clone(), returns)
    }

    /// Returns where errors about the function as a whole are reported.
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Named(name) | Self::Method(name, _) => name.span(),
            Self::Given(path) => path.span(),
        }
    }
}

impl Model {
    pub(super) fn read(item: &Item, attributes: &mut Attributes, errors: &mut Errors) -> Option<Self> {
        let (check, partitions) = (attributes.expr("check", errors), attributes.expr("partitions", errors));
        let partition_key = attributes.text("partition_key", errors);
        let group_size = (attributes.mention("groups_of"), partitions::read_group_size(attributes, errors));
        let windows = attributes.expr("windows", errors);
        let rate_limits = RateLimits::read(attributes, errors);
        let concurrency = Concurrency::read(attributes, errors);
        let group = concurrency::read_group(attributes, errors);
        let stops_when_exhausted = attributes.flag("stop_when_exhausted", errors).is_some();
        let model = match item {
            Item::Fn(function) => {
                let given = Given { check, partitions, partition_key, group_size, windows };
                Self::of_function(function, given, errors)
            }
            Item::Impl(block) => {
                if let Some(size) = &group_size.1 {
                    errors.at(size, format!("in an `impl` block, write `#[partitions(list, groups_of = {})]` above the method that fetches the stream", as_text(size)));
                }
                if let Some(key) = &partition_key {
                    errors.at(key, format!("in an `impl` block, write `#[partitions(list, key = {})]` above the method that fetches the stream", as_text(key)));
                }
                for (attribute, list) in [("partitions", &partitions), ("windows", &windows)] {
                    if let Some(list) = list {
                        errors.at(list, format!("in an `impl` block, write `#[{attribute}({})]` above the method that fetches the stream", as_text(list)));
                    }
                }
                Self::of_impl(block, check.as_ref(), errors)
            }
            other => {
                errors.at_item(other, "`#[airbyte_source]` belongs on a fetch function, or on an `impl Config` block with a method per stream");
                None
            }
        };
        let model = model?;
        let one_at_a_time = group.map_or_else(Vec::new, |group| {
            concurrency::records(group, &model.streams, &model.invalid, errors)
        });
        Some(Self { rate_limits, concurrency, one_at_a_time, stops_when_exhausted, ..model })
    }

    fn new(config: Type, streams: Vec<Stream>, check: Option<Function>) -> Self {
        Self {
            config,
            streams,
            check,
            rate_limits: None,
            concurrency: None,
            one_at_a_time: Vec::new(),
            stops_when_exhausted: false,
            invalid: Vec::new(),
        }
    }

    fn of_function(
        function: &ItemFn,
        Given { check, partitions, partition_key, group_size: (is_grouped, group_size), windows }: Given,
        errors: &mut Errors,
    ) -> Option<Self> {
        let name = &function.sig.ident;
        if name == "main" {
            errors.at(name, "`#[airbyte_source]` generates `main`: name the function `fetch`");
        }
        if let Some(attribute) = partitions::find(&function.attrs) {
            errors.at(attribute, "on a function, write `#[airbyte_source(partitions = list)]`");
            return None;
        }
        if let Some(attribute) = windows::find(&function.attrs) {
            errors.at(attribute, "on a function, write `#[airbyte_source(windows = list)]`");
            return None;
        }
        if let Some(attribute) = children::find(&function.attrs) {
            errors.at(attribute, "the parent is another stream: put both into an `impl` block");
            return None;
        }
        for (attribute, function) in [("check", &check), ("partitions", &partitions), ("windows", &windows)] {
            if let Some(literal @ Expr::Lit(_)) = function {
                let example = match literal {
                    Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => name.value(),
                    _ => "function".to_owned(),
                };
                errors.at(
                    literal,
                    format!("expected the name of a function, without quotes: `{attribute} = {example}`"),
                );
            }
        }
        let second = match (&partitions, &windows) {
            (Some(_), Some(windows)) => {
                errors.at(
                    windows,
                    "a stream has either windows or partitions: remove `windows` or `partitions`",
                );
                return None;
            }
            (Some(_), None) if is_grouped => Second::Group,
            (Some(_), None) => Second::Partition,
            (None, Some(_)) => Second::Window,
            (None, None) => Second::None,
        };
        let fetch = signature::read(&function.sig, second, &Home::Function, errors)?;
        let config = match function.sig.inputs.first() {
            Some(FnArg::Typed(argument)) => referred(&argument.ty).clone(),
            _ => return None,
        };
        if let Some(size) = group_size.as_ref().filter(|_| partitions.is_none()) {
            errors.at(size, "`groups_of` needs `partitions = list`");
        }
        if let Some(key) = &partition_key {
            if partitions.is_none() {
                errors.at(key, "`partition_key` needs `partitions = list`");
            }
            partitions::check_key(key, fetch.since.is_some(), errors);
        }
        let function = Function::Named(name.clone());
        let (partitions, windows) = (partitions.map(Function::Given), windows.map(Windows::given));
        let streams = vec![Stream {
            function,
            fetch,
            partitions,
            windows,
            parent: None,
            follows_changes: false,
            partition: None,
            partition_key,
            group_size,
        }];
        Some(Self::new(config, streams, check.map(Function::Given)))
    }

    fn of_impl(block: &ItemImpl, check: Option<&Expr>, errors: &mut Errors) -> Option<Self> {
        let config = &*block.self_ty;
        if let Some(check) = check {
            errors.at(check, "remove `check`: in an `impl` block, the method named `check` is the check");
        }
        if !block.generics.params.is_empty() {
            errors.at(&block.generics, "a configuration has no generics: name the types");
        }
        if let Some((of, _)) = &block.trait_ {
            let trait_of = text(config);
            errors.at(
                of,
                format!("an `impl` of a trait is not supported: write the methods in `impl {trait_of}`"),
            );
        }
        let methods: Vec<&ImplItemFn> = block
            .items
            .iter()
            .filter_map(|item| match item {
                ImplItem::Fn(method) => Some(method),
                _ => None,
            })
            .collect();
        let fetches = methods.iter().filter_map(|method| Some((method, signature::record(&method.sig)?)));
        let records = fetches.map(|(method, record)| (method.sig.ident.to_string(), text(record))).collect();
        let home = Home::Block { config, list: partitions::only_list(&methods), records };
        let (mut streams, mut parents): (Vec<Stream>, Vec<Option<children::Parents>>) =
            (Vec::new(), Vec::new());
        // The methods that fetch a stream and have a mistake that was reported.
        let mut invalid: Vec<String> = Vec::new();
        let mut found = false;
        for method in &methods {
            let is_list = windows::is_list(method, &methods);
            if is_list || !signature::is_fetch(&method.sig) {
                if let Some(attribute) = partitions::find(&method.attrs) {
                    errors.at(attribute, "`#[partitions(list)]` belongs on the method that fetches the stream, which takes an `Emitter` or returns an iterator");
                }
                if let Some(attribute) = windows::find(&method.attrs) {
                    errors.at(attribute, "`#[windows(list)]` belongs on the method that fetches the stream, which takes an `Emitter` or returns an iterator");
                }
                if let Some(attribute) = children::find(&method.attrs) {
                    errors.at(attribute, "`#[children_of(parents)]` belongs on the method that fetches the children, which takes an `Emitter` or returns an iterator");
                }
                continue;
            }
            if windows::reject_unnamed(method, &methods, errors) {
                continue;
            }
            found = true;
            invalid.push(method.sig.ident.unraw().to_string());
            let partitions = partitions::read(method, &methods, errors);
            let parent = children::read(method, errors);
            let windows = windows::read(method, &methods, errors);
            let second = match (&partitions, &parent, &windows) {
                (Some(_), Some(_), _) => {
                    errors.at(
                        &method.sig.ident,
                        "a stream has either partitions or parents: remove `partitions` or `children_of`",
                    );
                    continue;
                }
                (Some(_), None, Some(_)) | (None, Some(_), Some(_)) => {
                    let (other, attribute) = match parent {
                        Some(_) => ("parents", "children_of"),
                        None => ("partitions", "partitions"),
                    };
                    errors.at(&method.sig.ident, format!("a stream has either windows or {other}: remove `windows` or `{attribute}`; to read each of the {other} in windows, loop over `out.windows(…)`"));
                    continue;
                }
                (Some(Some(given)), None, None) if given.is_grouped => Second::Group,
                (Some(_), None, None) => Second::Partition,
                (None, Some(_), None) => Second::Parent,
                (None, None, Some(_)) => Second::Window,
                (None, None, None) => Second::None,
            };
            if let Some(fetch) = signature::read(&method.sig, second, &home, errors) {
                invalid.pop();
                let parent = parent.flatten();
                let key_of_parent = parent.as_ref().and_then(|parent| parent.key.clone());
                parents.push(parent);
                if let Some(Stream { function, .. }) =
                    streams.iter().find(|other| as_text(&other.fetch.record) == as_text(&fetch.record))
                {
                    let (record, helper) = (text(&fetch.record), home.helper(&method.sig));
                    errors.at(
                        &fetch.record,
                        format!(
                            "`{}` already fetches `{record}`: each stream needs its own record type{helper}",
                            function.name()
                        ),
                    );
                }
                let partitions = partitions.flatten();
                let (list, partition_key, group_size) = partitions
                    .map_or((None, None, None), |given| (Some(given.list), given.key, given.group_size));
                let partition_key = partition_key.or(key_of_parent);
                if let Some(key) = &partition_key {
                    partitions::check_key(key, fetch.since.is_some(), errors);
                }
                let windows = windows.flatten();
                streams.push(Stream {
                    function: Function::method(method),
                    windows: windows.and_then(|list| windows::read_list(list, &fetch.record, errors)),
                    fetch,
                    partition_key,
                    group_size,
                    parent: None,
                    follows_changes: false,
                    partitions: list.map(Function::method),
                    partition: list.and_then(|list| return_types::element(&list.sig.output)).cloned(),
                });
            }
        }
        children::resolve(&mut streams, &parents, &invalid, errors);
        if !found {
            errors.at(config, "this block has no stream: add a method `fn records(&self, out: &mut Emitter<Record>) -> Result<()>`");
        }
        let check = methods.iter().find(|method| method.sig.ident == "check");
        if let Some(check) = check {
            methods::read_check(&check.sig, errors);
        }
        let check = check.map(|method| Function::method(method));
        Some(Self { invalid, ..Self::new(config.clone(), streams, check) })
    }
}

/// The attributes that name functions of the author, on a function.
struct Given {
    check: Option<Expr>,
    partitions: Option<Expr>,
    partition_key: Option<LitStr>,
    /// Whether the attribute was given, and its value if that is valid.
    group_size: (bool, Option<Expr>),
    windows: Option<Expr>,
}

/// `T` of `&T`.
fn referred(ty: &Type) -> &Type {
    match bare(ty) {
        Type::Reference(reference) => &reference.elem,
        other => other,
    }
}
