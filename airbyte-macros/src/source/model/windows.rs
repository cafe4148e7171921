//! Reads `#[windows(list)]` on a fetch method: the method that lists the windows of its stream.

use super::signature::emitter_record;
use super::{Function, return_types};
use crate::attributes::{as_text, bare, is_named};
use crate::errors::{Errors, hint, nearest};
use crate::generated_code::Place;
use crate::type_table::arguments;
use crate::unsupported_types::text;
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, FnArg, Ident, ImplItemFn, Meta, ReceiverKind, ReturnType, Type};

const NAME: &str = "windows";

/// The function that lists the windows of a stream. The places are those of the author's types.
pub(in crate::source) struct Windows {
    pub(in crate::source) function: Function,
    pub(in crate::source) config: Span,
    pub(in crate::source) since: Place,
    pub(in crate::source) out: Span,
    pub(in crate::source) returns: Place,
}

impl Windows {
    /// The value of an attribute: the compiler reports wrong types there.
    pub(super) fn given(path: Expr) -> Self {
        let place = Place::of(&path);
        Self {
            function: Function::Given(path),
            config: place.first,
            since: place,
            out: place.first,
            returns: place,
        }
    }
}

/// Returns the method that lists the windows. `None` if the method has no such attribute, `Some(None)` if it has one that was
/// reported.
pub(super) fn read<'a>(
    method: &ImplItemFn,
    methods: &[&'a ImplItemFn],
    errors: &mut Errors,
) -> Option<Option<&'a ImplItemFn>> {
    let mut attributes = method.attrs.iter().filter(|attribute| is_windows(attribute));
    let attribute = attributes.next()?;
    if let Some(second) = attributes.next() {
        errors.at(second, "duplicate attribute `windows`: one method lists the windows");
    }
    let name = named_by(attribute);
    let suggested = || only_list(methods).unwrap_or_else(|| "list".to_owned());
    if !attribute.path().is_ident(NAME) {
        let (given, list) =
            (as_text(attribute.path()), name.map_or_else(suggested, |name| name.unraw().to_string()));
        errors
            .at(attribute.path(), format!("unknown attribute `{given}`, did you mean `#[windows({list})]`?"));
        return Some(None);
    }
    let Some(name) = name else {
        errors.at(
            attribute,
            format!("expected the name of the method that lists the windows: `#[windows({})]`", suggested()),
        );
        return Some(None);
    };
    let list = methods.iter().find(|other| other.sig.ident == name);
    if list.is_none() {
        let names: Vec<String> = lists(methods).map(|list| list.sig.ident.unraw().to_string()).collect();
        let hint = match names.is_empty() {
            true => format!(": add `{}`", expected(&name, "Timestamp", "Record")),
            false => hint(&name.unraw().to_string(), names.iter().map(String::as_str)),
        };
        errors.at(&name, format!("there is no method `{name}` in this block{hint}"));
    }
    Some(list.copied())
}

/// Reads the signature of the method that lists the windows of this stream.
pub(super) fn read_list(list: &ImplItemFn, record: &Type, errors: &mut Errors) -> Option<Windows> {
    let signature = &list.sig;
    if let Some(keyword) = &signature.asyncness {
        errors.at(keyword, "the method is not async, since requests block: remove `async`");
        return None;
    }
    let mut arguments_of = signature.inputs.iter();
    let config = match arguments_of.next() {
        Some(FnArg::Receiver(receiver)) if matches!(receiver.kind, ReceiverKind::Reference(_, _, None)) => {
            Some(receiver.span())
        }
        _ => None,
    };
    let mut typed = || match arguments_of.next() {
        Some(FnArg::Typed(argument)) => Some(bare(&argument.ty)),
        _ => None,
    };
    let since = typed().filter(|ty| is_named(ty, "Option"));
    let out = typed().filter(|ty| matches!(ty, Type::Reference(_))).and_then(emitter_record);
    let is_last = typed().is_none();
    let returns = match &signature.output {
        ReturnType::Type(_, ty) => Some(&**ty),
        ReturnType::Default => None,
    };
    if let Some(returns) = returns
        && return_types::reject_foreign(returns, "Result<Steps<Timestamp>>", errors)
    {
        return None;
    }
    let returns = returns.filter(|ty| is_steps(ty));
    let (Some(config), Some(since), Some(out), Some(returns), true) = (config, since, out, returns, is_last)
    else {
        let steps = match &signature.output {
            ReturnType::Type(_, ty) => steps(ty),
            ReturnType::Default => None,
        };
        let cursor = since.or(steps).and_then(|ty| arguments(ty).next()).map(text);
        let expected = expected(&signature.ident, cursor.as_deref().unwrap_or("Timestamp"), &text(record));
        errors.at(&signature.ident, format!("expected `{expected}`"));
        return None;
    };
    if let Some(cursor) = arguments(since).next().filter(|cursor| is_named(cursor, "String")) {
        errors.at(
            cursor,
            "a stream with the cursor type `String` has no windows: the cursor must be a `Date`, `DateTime`, `Timestamp` or integer",
        );
        return None;
    }
    if text(out) != text(record) {
        let record = text(record);
        errors.at(
            out,
            format!("the windows are those of the stream of `{record}`: write `&mut Emitter<{record}>`"),
        );
        return None;
    }
    let function = Function::method(list);
    Some(Windows { function, config, since: Place::of(since), out: out.span(), returns: Place::of(returns) })
}

/// Returns whether the method lists windows: `#[windows(…)]` names it.
pub(super) fn is_list(method: &ImplItemFn, methods: &[&ImplItemFn]) -> bool {
    let mut attributes = methods.iter().flat_map(|method| find(&method.attrs));
    attributes.any(|attribute| named_by(attribute).is_some_and(|name| name == method.sig.ident))
}

/// Reports a method that lists windows and is not named by `#[windows(…)]`, unless that attribute has a mistake. Returns whether
/// the method is one.
pub(super) fn reject_unnamed(method: &ImplItemFn, methods: &[&ImplItemFn], errors: &mut Errors) -> bool {
    let is_list = matches!(&method.sig.output, ReturnType::Type(_, ty) if is_steps(ty));
    let is_valid = |attribute: &Attribute| {
        named_by(attribute).is_some_and(|name| methods.iter().any(|method| method.sig.ident == name))
    };
    if is_list && methods.iter().flat_map(|method| find(&method.attrs)).all(is_valid) {
        let name = &method.sig.ident;
        errors.at(
            name,
            format!("this method lists windows: write `#[windows({name})]` above the method that fetches its stream"),
        );
    }
    is_list
}

/// Returns the attribute, if there is one among these.
pub(super) fn find(attributes: &[Attribute]) -> Option<&Attribute> {
    attributes.iter().find(|attribute| is_windows(attribute))
}

/// Returns whether the attribute is `windows` or a likely misspelling, which the compiler would report as unknown.
pub(in crate::source) fn is_windows(attribute: &Attribute) -> bool {
    attribute.path().get_ident().is_some_and(|name| nearest(&name.unraw().to_string(), [NAME]).is_some())
}

/// `list` of `#[windows(list)]`.
fn named_by(attribute: &Attribute) -> Option<Ident> {
    match &attribute.meta {
        Meta::List(list) => list.parse_args().ok(),
        _ => None,
    }
}

/// Returns the methods that return windows.
fn lists<'m, 'a>(methods: &'m [&'a ImplItemFn]) -> impl Iterator<Item = &'a ImplItemFn> + use<'m, 'a> {
    let is_list =
        |method: &&ImplItemFn| matches!(&method.sig.output, ReturnType::Type(_, ty) if is_steps(ty));
    methods.iter().copied().filter(is_list)
}

/// Returns the only method that returns windows.
fn only_list(methods: &[&ImplItemFn]) -> Option<String> {
    let mut lists = lists(methods);
    lists.next().filter(|_| lists.next().is_none()).map(|list| list.sig.ident.to_string())
}

/// `Result<Steps<…>>`.
fn is_steps(ty: &Type) -> bool {
    steps(ty).is_some()
}

/// `Steps<…>` of `Result<Steps<…>>`.
fn steps(ty: &Type) -> Option<&Type> {
    arguments(ty).next().filter(|steps| is_named(ty, "Result") && is_named(steps, "Steps"))
}

/// Returns the signature of a method that lists windows.
fn expected(name: &Ident, cursor: &str, record: &str) -> String {
    format!(
        "fn {name}(&self, since: Option<{cursor}>, out: &mut Emitter<{record}>) -> Result<Steps<{cursor}>>"
    )
}
