//! The arguments of a fetch function: which they are tells what kind of stream it is.

use crate::attributes::{as_text, bare, last_segment};
use crate::errors::Errors;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{
    FnArg, GenericArgument, GenericParam, Pat, PathArguments, ReceiverKind, ReturnType, Signature, Type,
    TypeParamBound,
};

/// The right signatures, for every message about a wrong one.
const RIGHT: &str = "a fetch function is
    fn fetch(config: &Config, since: Option<Date>, out: &mut Emitter<Record>) -> Result<()>   for incremental reading,
    fn fetch(config: &Config, out: &mut Emitter<Record>) -> Result<()>                        for full refresh only;
in an `impl Config` block with `&self` for `config: &Config`. Instead of taking `out` it may return
    Result<impl Iterator<Item = Result<Record>>>
A stream that is read partition by partition says `partitions`, and the partition comes second: `partition: &Partition`";

/// A fetch function that has a legal shape. The spans are those of the author's types: what the compiler finds wrong
/// with a type, it says there.
pub(in crate::source) struct Fetch {
    pub(in crate::source) record: Type,
    pub(in crate::source) config: Span,
    /// What is read of the stream in one call.
    pub(in crate::source) partition: Option<Span>,
    pub(in crate::source) since: Option<Span>,
    /// `None`: the records are returned.
    pub(in crate::source) out: Option<Span>,
    pub(in crate::source) returns: Span,
}

/// Whether a method of an `impl` block is meant to be one.
pub(in crate::source) fn is_fetch(signature: &Signature) -> bool {
    let takes_emitter = signature.inputs.iter().any(|argument| match argument {
        FnArg::Typed(argument) => emitter_record(&argument.ty).is_some(),
        FnArg::Receiver(_) => false,
    });
    takes_emitter || returned_record(&signature.output).is_some()
}

pub(in crate::source) fn read(
    signature: &Signature,
    in_partitions: bool,
    errors: &mut Errors,
) -> Option<Fetch> {
    if let Some(keyword) = &signature.asyncness {
        errors.at(keyword, "a fetch function is not async: a request waits for its answer. Remove `async`");
        return None;
    }
    let lifetimes_only =
        signature.generics.params.iter().all(|parameter| matches!(parameter, GenericParam::Lifetime(_)));
    if !lifetimes_only {
        errors.at(&signature.generics, "a fetch function has no generics: name the types");
        return None;
    }
    let mut arguments = signature.inputs.iter();
    let Some(first) = arguments.next() else {
        errors.push(syn::Error::new(
            signature.paren_token.span.join(),
            format!("there are no arguments; {RIGHT}"),
        ));
        return None;
    };
    let config = read_config(first, errors)?;
    let partition =
        if in_partitions { Some(read_partition(arguments.next(), signature, errors)?) } else { None };
    let (mut since, mut out) = (None, None);
    for argument in arguments {
        let FnArg::Typed(argument) = argument else {
            continue;
        };
        let ty = &*argument.ty;
        if out.is_some() {
            errors.at(argument, format!("`out` comes last; {RIGHT}"));
            return None;
        }
        if is_bare_emitter(ty) {
            // The compiler asks for the record's type.
            return None;
        }
        if let Some(record) = emitter_record(ty) {
            if !matches!(bare(ty), Type::Reference(reference) if reference.mutability.is_some()) {
                errors.at(ty, "take the emitter by mutable reference: `&mut Emitter<…>`");
                return None;
            }
            out = Some((record.clone(), record.span()));
        } else if is_named(ty, "Option") && since.is_none() {
            since = Some(ty.span());
        } else if matches!(&*argument.pat, Pat::Ident(name) if name.ident == "since") {
            let ty = as_text(ty);
            errors.at(
                &argument.ty,
                format!("the first sync has no position to start from: write `Option<{ty}>`"),
            );
            return None;
        } else {
            errors.at(argument, format!("unexpected argument; {RIGHT}"));
            return None;
        }
    }
    let returns = match &signature.output {
        ReturnType::Type(_, ty) => &**ty,
        ReturnType::Default => {
            let end = signature.paren_token.span.close();
            errors.push(syn::Error::new(
                end,
                "the return type is missing: write `-> Result<()>`, so that `?` can be used",
            ));
            return None;
        }
    };
    match (out, returned_record(&signature.output)) {
        (Some((record, span)), _) => {
            Some(Fetch { record, config, partition, since, out: Some(span), returns: returns.span() })
        }
        (None, Some(record)) => Some(Fetch {
            record: record.clone(),
            config,
            partition,
            since,
            out: None,
            returns: returns.span(),
        }),
        (None, None) if is_plain_result(returns) => {
            errors.at(&signature.ident, format!("cannot infer the record type; {RIGHT}"));
            None
        }
        (None, None) => {
            errors.at(returns, format!("cannot infer the record type from this; {RIGHT}"));
            None
        }
    }
}

fn read_config(first: &FnArg, errors: &mut Errors) -> Option<Span> {
    match first {
        FnArg::Receiver(receiver) if matches!(receiver.kind, ReceiverKind::Reference(_, _, None)) => {
            Some(receiver.span())
        }
        FnArg::Receiver(receiver) => {
            errors.at(receiver, "take the configuration by reference: `&self`");
            None
        }
        FnArg::Typed(argument) => match bare(&argument.ty) {
            ty if emitter_record(ty).is_some() || is_named(ty, "Option") => {
                errors.at(argument, format!("the configuration comes first; {RIGHT}"));
                None
            }
            Type::Reference(reference) if reference.mutability.is_none() => Some(reference.elem.span()),
            Type::Reference(_) => {
                errors.at(&argument.ty, "the configuration cannot be changed: write `&Config`");
                None
            }
            ty => {
                let name = last_segment(ty).map_or("Config".to_owned(), |segment| segment.ident.to_string());
                errors.at(ty, format!("take the configuration by reference: `&{name}`"));
                None
            }
        },
    }
}

/// The second argument of a stream that is read partition by partition.
fn read_partition(second: Option<&FnArg>, signature: &Signature, errors: &mut Errors) -> Option<Span> {
    const MISSING: &str = "the stream is read partition by partition, and the partition is missing: the second argument is `partition: &Partition`, of the type that the list has";
    match second {
        Some(FnArg::Typed(argument)) => match bare(&argument.ty) {
            ty if emitter_record(ty).is_some() || is_named(ty, "Option") => errors.at(argument, MISSING),
            Type::Reference(reference) if reference.mutability.is_none() => {
                return Some(argument.ty.span());
            }
            Type::Reference(_) => errors.at(&argument.ty, "a partition cannot be changed: write `&`"),
            ty => errors.at(ty, format!("take the partition by reference: `&{}`", as_text(ty))),
        },
        _ => errors.at(&signature.ident, MISSING),
    }
    None
}

/// The method that tries the connection.
pub(in crate::source) fn read_check(signature: &Signature, errors: &mut Errors) {
    if !(takes_http(signature) && matches!(&signature.output, ReturnType::Type(_, ty) if is_plain_result(ty)))
    {
        errors.at(&signature.ident, "the check is `fn check(&self, http: &Http) -> Result<()>`");
    }
}

/// The method that lists the partitions of a stream.
pub(in crate::source) fn read_list(signature: &Signature, errors: &mut Errors) {
    let is_list = |ty: &Type| {
        is_named(ty, "Result")
            && last_segment(ty).and_then(generic_argument).is_some_and(|ty| is_named(ty, "Vec"))
    };
    if !(takes_http(signature) && matches!(&signature.output, ReturnType::Type(_, ty) if is_list(ty))) {
        let name = &signature.ident;
        errors.at(
            name,
            format!("partitions are listed by `fn {name}(&self, http: &Http) -> Result<Vec<Partition>>`"),
        );
    }
}

/// `&self` and one more.
fn takes_http(signature: &Signature) -> bool {
    let receiver = signature.inputs.first();
    signature.inputs.len() == 2
        && matches!(receiver, Some(FnArg::Receiver(receiver)) if matches!(receiver.kind, ReceiverKind::Reference(_, _, None)))
}

/// `Result<()>`.
fn is_plain_result(ty: &Type) -> bool {
    is_named(ty, "Result")
        && last_segment(ty)
            .and_then(generic_argument)
            .is_some_and(|ty| matches!(bare(ty), Type::Tuple(tuple) if tuple.elems.is_empty()))
}

fn is_named(ty: &Type, name: &str) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == name)
}

/// `&mut Emitter` that does not say of what.
fn is_bare_emitter(ty: &Type) -> bool {
    match bare(ty) {
        Type::Reference(reference) => is_bare_emitter(&reference.elem),
        _ => last_segment(ty)
            .is_some_and(|segment| segment.ident == "Emitter" && generic_argument(segment).is_none()),
    }
}

/// `T` of `&mut Emitter<T>`.
fn emitter_record(ty: &Type) -> Option<&Type> {
    match bare(ty) {
        Type::Reference(reference) => emitter_record(&reference.elem),
        _ => generic_argument(last_segment(ty).filter(|segment| segment.ident == "Emitter")?),
    }
}

/// `T` of `Result<impl Iterator<Item = Result<T>>>`.
fn returned_record(output: &ReturnType) -> Option<&Type> {
    let ReturnType::Type(_, ty) = output else {
        return None;
    };
    let Type::ImplTrait(returned) = bare(generic_argument(last_segment(ty)?)?) else {
        return None;
    };
    let item = returned.bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let PathArguments::AngleBracketed(arguments) = &bound.path.segments.last()?.arguments else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(item) if item.ident == "Item" => Some(&item.ty),
            _ => None,
        })
    })?;
    generic_argument(last_segment(item)?)
}

/// The first type in angle brackets.
fn generic_argument(segment: &syn::PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
