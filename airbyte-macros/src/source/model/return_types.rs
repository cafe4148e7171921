//! Reads the return types of the author's functions, as far as their names tell.
//!
//! A returned error is not converted into the SDK's `Error`, so each function must return `airbyte_sdk::Result`. For
//! another `Result` the compiler would report each `?` in the body. So a type whose name shows that it is another one is
//! rejected here, and the body is removed. Others, such as an alias, are reported by the traits in the SDK's
//! `source::signatures`.

use crate::attributes::{bare, is_named};
use crate::errors::Errors;
use crate::type_table::arguments;
use crate::unsupported_types::{any, text};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Block, GenericArgument, Path, PathArguments, ReturnType, Token, Type, TypeParamBound,
    parse_quote,
};

/// Crates and modules with their own `Result` or `Error`.
const FOREIGN: &[&str] = &[
    "alloc",
    "anyhow",
    "color_eyre",
    "core",
    "csv",
    "eyre",
    "fmt",
    "io",
    "reqwest",
    "serde_json",
    "std",
    "ureq",
];

/// Reports a return type with an error type that is not the SDK's.
pub(super) fn reject_foreign(ty: &Type, right: &str, errors: &mut Errors) -> bool {
    let foreign = is_foreign(ty);
    if foreign {
        let right = match arguments(ty).next() {
            Some(value) => format!("Result<{}>", text(value)),
            None => right.to_owned(),
        };
        errors.at(
            ty,
            format!(
                "the error type must be `airbyte_sdk::Error`: write `airbyte_sdk::{right}`, and make an error with `Error::config(\"…\")` if the user must act, `Error::transient(\"…\")` if a retry may help, or `Error::system(\"…\")`"
            ),
        );
    }
    foreign
}

/// Removes the body of a function that was reported, because the compiler would report each `?` in it.
pub(in crate::source) fn take_out_body(
    output: &ReturnType,
    body: &mut Block,
    attributes: &mut Vec<Attribute>,
) {
    if let ReturnType::Type(_, ty) = output
        && is_foreign(ty)
        && !has_opaque_type(ty)
    {
        *body = parse_quote!({ ::core::unimplemented!() });
        attributes.push(parse_quote!(#[allow(unused_variables)]));
    }
}

fn is_foreign(ty: &Type) -> bool {
    let Type::Path(path) = bare(ty) else { return false };
    if !is_named(ty, "Result") {
        return false;
    }
    match arguments(ty).nth(1).map(bare) {
        None => is_in_foreign_module(&path.path),
        Some(Type::Reference(_) | Type::Tuple(_)) => true,
        Some(error) => match error {
            Type::Path(path) => {
                is_named(error, "Box") || is_named(error, "String") || is_in_foreign_module(&path.path)
            }
            _ => false,
        },
    }
}

fn is_in_foreign_module(path: &Path) -> bool {
    let modules = path.segments.len().saturating_sub(1);
    path.segments.iter().take(modules).any(|module| FOREIGN.iter().any(|name| module.ident == name))
}

/// Returns whether the body must stay, since the compiler infers a type from it.
fn has_opaque_type(ty: &Type) -> bool {
    arguments(ty).any(|ty| matches!(bare(ty), Type::ImplTrait(_)))
}

/// `Result<()>`.
pub(super) fn is_plain_result(ty: &Type) -> bool {
    is_named(ty, "Result")
        && arguments(ty)
            .next()
            .is_some_and(|ty| matches!(bare(ty), Type::Tuple(tuple) if tuple.elems.is_empty()))
}

/// `Result<Vec<…>>`.
pub(super) fn is_list(ty: &Type) -> bool {
    is_named(ty, "Result") && arguments(ty).next().is_some_and(|ty| is_named(ty, "Vec"))
}

/// `T` of `Result<Vec<T>>`, unless the type depends on the `impl` block.
pub(super) fn element(output: &ReturnType) -> Option<&Type> {
    let ReturnType::Type(_, ty) = output else {
        return None;
    };
    let element = arguments(arguments(ty).next()?).next()?;
    let depends = |ty: &Type| matches!(ty, Type::Path(path) if path.path.segments.first().is_some_and(|first| first.ident == "Self"));
    (!any(element, &depends)).then_some(element)
}

/// `T` of `Result<impl Iterator<Item = Result<T>>>`.
pub(super) fn returned_record(output: &ReturnType) -> Option<&Type> {
    let ReturnType::Type(_, ty) = output else {
        return None;
    };
    let Type::ImplTrait(returned) = bare(arguments(ty).next()?) else {
        return None;
    };
    arguments(item(&returned.bounds)?).next()
}

/// Returns the return type that was probably meant by a list or another iterator of records.
pub(super) fn suggested(ty: &Type) -> Option<String> {
    let record = text(listed(ty)?);
    Some(format!(
        "write `Result<impl Iterator<Item = Result<{record}>>>`, or take `out: &mut Emitter<{record}>`"
    ))
}

/// `T` of `Result<Vec<T>>`, `Box<dyn Iterator<Item = T>>` and the like.
fn listed(ty: &Type) -> Option<&Type> {
    let item = match bare(ty) {
        Type::ImplTrait(returned) => item(&returned.bounds)?,
        Type::TraitObject(returned) => item(&returned.bounds)?,
        ty if is_named(ty, "Vec") => arguments(ty).next()?,
        ty if is_named(ty, "Result") || is_named(ty, "Box") => return listed(arguments(ty).next()?),
        _ => return None,
    };
    if is_named(item, "Result") { arguments(item).next() } else { Some(item) }
}

/// `T` of `Iterator<Item = T>`.
fn item(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<&Type> {
    bounds.iter().find_map(|bound| {
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
    })
}
