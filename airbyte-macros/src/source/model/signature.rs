//! Reads the signatures of the author's functions. The arguments of a fetch function determine the kind of its stream.

use super::return_types::{self, returned_record};
use super::second::Second;
use crate::attributes::{as_text, bare, is_named};
use crate::errors::Errors;
use crate::generated_code::Place;
use crate::type_table;
use crate::unsupported_types::text;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{FnArg, GenericParam, Pat, PatType, ReceiverKind, ReturnType, Signature, Type};

/// Types that helpers emit or return. (Names outside of the prelude may be the author's own.)
const NOT_RECORDS: &[&str] = &[
    "String", "Vec", "Option", "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "u8", "u16", "u32",
    "u64", "usize",
];

/// A fetch function with a valid signature. The spans are those of the author's types: the compiler reports wrong types
/// there.
pub(in crate::source) struct Fetch {
    pub(in crate::source) record: Type,
    pub(in crate::source) config: Span,
    pub(in crate::source) partition: Option<Span>,
    pub(in crate::source) since: Option<Place>,
    /// `None`: the records are returned.
    pub(in crate::source) out: Option<Span>,
    pub(in crate::source) returns: Place,
}

/// Where a fetch function is written, for errors that show the right signature.
pub(super) enum Home<'a> {
    Function,
    /// An `impl` block of this type. The method that could list partitions, if there is just one.
    Block {
        config: &'a Type,
        list: Option<String>,
        /// The methods that fetch streams, with the types of their records.
        records: Vec<(String, String)>,
    },
}

impl Home<'_> {
    /// Returns the valid signatures.
    fn signatures(&self) -> String {
        let (config, partitions) = match self {
            Self::Function => ("config: &Config", "#[airbyte_source(partitions = list)]"),
            Self::Block { .. } => ("&self", "#[partitions(list)]"),
        };
        format!(
            "expected one of
    fn fetch({config}, out: &mut Emitter<Record>) -> Result<()>                        // full refresh
    fn fetch({config}, since: Option<Date>, out: &mut Emitter<Record>) -> Result<()>   // incremental
instead of taking `out` the function may return `Result<impl Iterator<Item = Result<Record>>>`; with `{partitions}` the second argument is `partition: &Partition`"
        )
    }

    /// Returns advice for a method that is not a stream.
    pub(super) fn helper(&self, method: &Signature) -> String {
        match self {
            Self::Function => String::new(),
            Self::Block { config, .. } => format!(
                "\neach method that takes an `Emitter` or returns an iterator is a stream: if `{}` is a helper, move it to another `impl {}` block",
                method.ident,
                text(config)
            ),
        }
    }

    /// Returns the attribute that gives a fetch function a partition.
    fn partitions(&self) -> String {
        match self {
            Self::Function => "write `#[airbyte_source(partitions = list)]`".to_owned(),
            Self::Block { list, .. } => {
                format!("add `#[partitions({})]` to the method", list.as_deref().unwrap_or("list"))
            }
        }
    }

    /// Returns the method that fetches records of this type.
    fn fetched_by(&self, record: &Type) -> Option<&str> {
        let Self::Block { records, .. } = self else { return None };
        let record = text(record);
        records.iter().find(|(_, other)| *other == record).map(|(method, _)| method.as_str())
    }

    /// Returns the attribute that gives a fetch function a window.
    fn windows(&self) -> &'static str {
        match self {
            Self::Function => "write `#[airbyte_source(windows = list)]`",
            Self::Block { .. } => "add `#[windows(list)]` to the method",
        }
    }
}

/// Returns whether a method of an `impl` block is a fetch function.
pub(in crate::source) fn is_fetch(signature: &Signature) -> bool {
    record(signature).is_some()
}

/// Returns the type of the records that a method fetches, if its signature says so.
pub(super) fn record(signature: &Signature) -> Option<&Type> {
    let typed = signature.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(argument) => Some(&*argument.ty),
        FnArg::Receiver(_) => None,
    });
    typed.filter_map(emitter_record).next().or_else(|| returned_record(&signature.output))
}

pub(super) fn read(
    signature: &Signature,
    second: Second,
    home: &Home<'_>,
    errors: &mut Errors,
) -> Option<Fetch> {
    if let Some(keyword) = &signature.asyncness {
        errors.at(keyword, "a fetch function is not async, since requests block: remove `async`");
        return None;
    }
    let lifetimes_only =
        signature.generics.params.iter().all(|parameter| matches!(parameter, GenericParam::Lifetime(_)));
    if !lifetimes_only {
        let helper = home.helper(signature);
        errors.at(
            &signature.generics,
            format!("a fetch function has no type parameters: name the record type{helper}"),
        );
        return None;
    }
    let mut arguments = signature.inputs.iter();
    let Some(first) = arguments.next() else {
        errors.push(syn::Error::new(
            signature.paren_token.span.join(),
            format!("missing arguments, {}", home.signatures()),
        ));
        return None;
    };
    let config = read_config(first, home, errors)?;
    let partition = match second {
        Second::None => None,
        second => Some(read_second(second, arguments.next(), signature, errors)?),
    };
    let (mut since, mut out) = (None, None);
    for argument in arguments {
        let FnArg::Typed(argument) = argument else {
            continue;
        };
        let ty = &*argument.ty;
        if out.is_some() {
            errors.at(argument, format!("`out` must be the last argument, {}", home.signatures()));
            return None;
        }
        if is_bare_emitter(ty) {
            // The compiler reports that the record type is missing.
            return None;
        }
        if let Some(record) = emitter_record(ty) {
            if !matches!(bare(ty), Type::Reference(reference) if reference.mutability.is_some()) {
                let record = text(record);
                errors.at(ty, format!("take the emitter by mutable reference: `&mut Emitter<{record}>`"));
                return None;
            }
            out = Some((record, record.span()));
        } else if is_named(ty, "Option") && second == Second::Window {
            errors.at(
                argument,
                "`since` is an argument of the function that lists the windows: remove it here",
            );
            return None;
        } else if is_named(ty, "Option") && since.is_none() {
            since = Some(Place::of(ty));
        } else {
            errors.at(
                argument,
                unexpected(argument, since.is_some() || second != Second::None, signature, home),
            );
            return None;
        }
    }
    let returns = match &signature.output {
        ReturnType::Type(_, ty) => &**ty,
        ReturnType::Default => {
            let end = signature.paren_token.span.close();
            errors.push(syn::Error::new(end, "missing return type: write `-> Result<()>`"));
            return None;
        }
    };
    let emitted = out.map(|(record, _)| record);
    let record = read_record(signature, returns, emitted, home, errors)?.clone();
    let out = out.map(|(_, span)| span);
    Some(Fetch { record, config, partition, since, out, returns: Place::of(returns) })
}

/// Returns the record type: that of the emitter, or of the returned iterator.
fn read_record<'a>(
    signature: &'a Signature,
    returns: &Type,
    emitted: Option<&'a Type>,
    home: &Home<'_>,
    errors: &mut Errors,
) -> Option<&'a Type> {
    let Some(record) = emitted.or_else(|| returned_record(&signature.output)) else {
        let signatures = home.signatures();
        if return_types::is_plain_result(returns) {
            errors.at(&signature.ident, format!("missing record type, {signatures}"));
        } else if let Some(suggested) = return_types::suggested(returns) {
            errors.at(returns, format!("records are returned by an iterator: {suggested}"));
        } else {
            errors.at(returns, format!("this return type names no record type, {signatures}"));
        }
        return None;
    };
    let right = match emitted {
        Some(_) => "Result<()>",
        None => "Result<impl Iterator<Item = Result<Record>>>",
    };
    if return_types::reject_foreign(returns, right, errors) {
        return None;
    }
    let is_struct =
        matches!(bare(record), Type::Path(_)) && !NOT_RECORDS.iter().any(|name| is_named(record, name));
    if !is_struct {
        let (name, helper) = (text(record), home.helper(signature));
        errors.at(
            record,
            format!("`{name}` is not a record: a record is a struct with `#[airbyte_stream(…)]`{helper}"),
        );
    }
    is_struct.then_some(record)
}

/// Returns what is wrong with an argument that is neither `since` nor `out`. `too_late`: it cannot be a partition.
fn unexpected(argument: &PatType, too_late: bool, signature: &Signature, home: &Home<'_>) -> String {
    let name = match &*argument.pat {
        Pat::Ident(name) => name.ident.to_string(),
        pattern => as_text(pattern),
    };
    let ty = bare(&argument.ty);
    if let Type::Reference(reference) = ty {
        if is_named(&reference.elem, "Option") {
            return format!("take `{name}` by value: `{}`", text(&reference.elem));
        }
        if is_named(&reference.elem, "Http") {
            return format!("unexpected argument `{name}`: `out.http()` returns the HTTP client");
        }
        if !too_late && is_named(&reference.elem, "Window") {
            let windows = home.windows();
            return format!(
                "unexpected argument `{name}`: if the stream is read window by window, {windows}"
            );
        }
        if !too_late && let Some(parents) = home.fetched_by(&reference.elem) {
            return format!(
                "unexpected argument `{name}`: if the stream is read once for each record of `{parents}`, add `#[children_of({parents})]` to the method"
            );
        }
        if !too_late && reference.mutability.is_none() {
            let (partitions, helper) = (home.partitions(), home.helper(signature));
            return format!(
                "unexpected argument `{name}`: if the stream is read partition by partition, {partitions}{helper}"
            );
        }
    }
    if name == "since" {
        return format!("`since` is `None` in the first sync: write `Option<{}>`", text(ty));
    }
    if name == "out" {
        return "`out` must be written as `&mut Emitter<Record>`, since an alias hides the record type"
            .to_owned();
    }
    match home {
        Home::Function => format!("unexpected argument `{name}`, {}", home.signatures()),
        Home::Block { .. } => {
            format!("unexpected argument `{name}`{}\n{}", home.helper(signature), home.signatures())
        }
    }
}

fn read_config(first: &FnArg, home: &Home<'_>, errors: &mut Errors) -> Option<Span> {
    match (first, home) {
        (FnArg::Receiver(receiver), Home::Function) => {
            errors.at(receiver, "put `#[airbyte_source]` on the `impl` block, not on a method of it");
            None
        }
        (FnArg::Receiver(receiver), Home::Block { .. }) => match &receiver.kind {
            ReceiverKind::Reference(_, _, None) => Some(receiver.span()),
            _ => {
                errors.at(receiver, "take the configuration by reference: `&self`");
                None
            }
        },
        (FnArg::Typed(argument), _) => match bare(&argument.ty) {
            ty if emitter_record(ty).is_some() || is_named(ty, "Option") => {
                errors.at(
                    argument,
                    format!("the first argument must be the configuration, {}", home.signatures()),
                );
                None
            }
            Type::Reference(reference) if reference.mutability.is_none() => Some(reference.elem.span()),
            Type::Reference(reference) => {
                let name = text(&reference.elem);
                errors.at(&argument.ty, format!("take the configuration by shared reference: `&{name}`"));
                None
            }
            ty => {
                errors.at(ty, format!("take the configuration by reference: `&{}`", text(ty)));
                None
            }
        },
    }
}

/// Returns the second argument of a stream that is read partition by partition.
fn read_second(
    second: Second,
    argument: Option<&FnArg>,
    signature: &Signature,
    errors: &mut Errors,
) -> Option<Span> {
    let what = second.name();
    match argument {
        Some(FnArg::Typed(argument)) => match bare(&argument.ty) {
            ty if emitter_record(ty).is_some() || is_named(ty, "Option") => {
                let is_partition = |later: &&FnArg| matches!(later, FnArg::Typed(later) if matches!(bare(&later.ty), Type::Reference(_)) && emitter_record(&later.ty).is_none());
                match signature.inputs.iter().skip(2).find(is_partition) {
                    Some(partition) => {
                        errors.at(partition, format!("the {what} must be the second argument"))
                    }
                    None => errors.at(argument, second.missing()),
                }
            }
            Type::Reference(reference) if reference.mutability.is_none() => {
                match second.wrong_number(bare(&reference.elem)) {
                    Some(error) => errors.at(&argument.ty, error),
                    None => return Some(argument.ty.span()),
                }
            }
            Type::Reference(reference) => {
                let name = text(&reference.elem);
                errors.at(&argument.ty, format!("take the {what} by shared reference: `&{name}`"));
            }
            ty => {
                let name = if is_named(ty, "String") { "str".to_owned() } else { text(ty) };
                errors.at(ty, format!("take the {what} by reference: `&{name}`"));
            }
        },
        _ => errors.at(&signature.ident, second.missing()),
    }
    None
}

/// Returns whether the type is `&mut Emitter`, without a record type.
fn is_bare_emitter(ty: &Type) -> bool {
    match bare(ty) {
        Type::Reference(reference) => is_bare_emitter(&reference.elem),
        ty => is_named(ty, "Emitter") && type_table::arguments(ty).next().is_none(),
    }
}

/// `T` of `&mut Emitter<T>`.
pub(super) fn emitter_record(ty: &Type) -> Option<&Type> {
    match bare(ty) {
        Type::Reference(reference) => emitter_record(&reference.elem),
        ty => type_table::arguments(ty).next().filter(|_| is_named(ty, "Emitter")),
    }
}
