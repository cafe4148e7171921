//! What a type is, as far as its name says it.

use crate::attributes::bare;
use crate::type_table::{self, Form, Kind, is_option};
use syn::Type;

/// What a field of the type takes, or what is in its `Option`. `None` if the name says nothing: the author's own types.
pub(in crate::spec) fn kind(ty: &Type) -> Option<Kind> {
    match type_table::known(ty)?.form {
        Form::Field(kind) => Some(kind),
        Form::Optional => type_table::arguments(ty).next().and_then(kind),
        _ => None,
    }
}

pub(in crate::spec) const RECURSIVE: &str =
    "recursive configuration types are not supported: the form would never end";

/// `T` of `Vec<T>`.
fn item(ty: &Type) -> Option<&Type> {
    let is_list = matches!(type_table::known(ty)?.form, Form::Field(Kind::List));
    is_list.then(|| type_table::arguments(ty).next())?
}

/// `T` of `Option<T>`.
fn inside(ty: &Type) -> Option<&Type> {
    is_option(ty).then(|| type_table::arguments(ty).next())?
}

/// What is in the `Option`s and `Vec`s of a type.
pub(in crate::spec) fn innermost(ty: &Type) -> &Type {
    item(ty).or_else(|| inside(ty)).map_or(ty, innermost)
}

/// Whether a type has another one by name in it.
pub(in crate::spec) fn contains(ty: &Type, name: &syn::Ident) -> bool {
    let ty = innermost(ty);
    match wrapper(ty).and_then(|_| type_table::arguments(ty).next()) {
        Some(inside) => contains(inside, name),
        None => {
            // Behind another module's name may be another type; a form that contains itself is then found by the compiler.
            let segments: Vec<_> = match bare(ty) {
                Type::Path(path) if path.qself.is_none() => path.path.segments.iter().collect(),
                _ => return false,
            };
            match &segments[..] {
                [only] => only.ident == *name || only.ident == "Self",
                [module, last] => module.ident == "self" && last.ident == *name,
                _ => false,
            }
        }
    }
}

/// What stands around a type and means nothing in a form.
pub(in crate::spec) fn wrapper(ty: &Type) -> Option<(&Type, &'static str)> {
    match type_table::known(ty)?.form {
        Form::RefusedAround(why) => Some((ty, why)),
        _ => None,
    }
}

/// Why no form shows a type, for those that are often tried.
pub(in crate::spec) fn refusal(ty: &Type) -> Option<(&Type, &'static str)> {
    if let Some(element) = item(ty) {
        if item(element).is_some() {
            return Some((
                element,
                "a form does not show lists of lists; put the inner list into a struct of its own",
            ));
        }
        if is_option(element) {
            return Some((element, "an item of a list is there or not; remove the `Option`"));
        }
        if kind(element) == Some(Kind::Bool) {
            return Some((element, "a form does not show lists of switches; make it a list of names"));
        }
        return refusal(element);
    }
    if let Some(inside) = inside(ty) {
        if is_option(inside) {
            return Some((inside, "a value is there or not; one `Option` says it"));
        }
        return refusal(inside);
    }
    if let Some(refused) = wrapper(ty) {
        return Some(refused);
    }
    let path = match bare(ty) {
        Type::Path(path) => path,
        Type::Array(_) | Type::Slice(_) => {
            return Some((
                ty,
                "a form shows a list of any length; use a `Vec`, with `min_items` and `max_items`",
            ));
        }
        Type::Tuple(_) => {
            return Some((
                ty,
                "a form shows each value by its name; use a struct with `#[derive(ConfigValue)]`",
            ));
        }
        Type::Reference(_) => {
            return Some((ty, "a configuration owns its values; remove the `&`, and use `String` for text"));
        }
        Type::Macro(_) | Type::Verbatim(_) => return None,
        _ => return Some((ty, "a form has no field for this; use a type of which a user can write a value")),
    };
    if let Some(replacement) = type_table::foreign(ty) {
        return Some((ty, replacement.field));
    }
    match type_table::known(ty)?.form {
        Form::Refused(why) => Some((ty, why)),
        Form::RefusedOfSerdeJson(why) => {
            path.path.segments.iter().any(|segment| segment.ident == "serde_json").then_some((ty, why))
        }
        _ => None,
    }
}
