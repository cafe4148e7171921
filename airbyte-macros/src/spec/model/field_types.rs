//! What the name of a field's type tells about it.

use crate::attributes::bare;
use crate::type_table::{self, Form, Kind, is_option};
use syn::Type;

/// Returns the kind of value that a field of this type, or of an `Option` of it, takes. `None` for the author's own types.
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

/// Returns the type inside of all `Option`s and `Vec`s.
pub(in crate::spec) fn innermost(ty: &Type) -> &Type {
    item(ty).or_else(|| inside(ty)).map_or(ty, innermost)
}

/// Returns whether a type contains the type of this name.
pub(in crate::spec) fn contains(ty: &Type, name: &syn::Ident) -> bool {
    let ty = innermost(ty);
    match wrapper(ty).and_then(|_| type_table::arguments(ty).next()) {
        Some(inside) => contains(inside, name),
        None => {
            // A path through a module may name another type; the compiler finds a recursive type behind one.
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

/// Returns a wrapper such as `Box`, which has no meaning in a form, with what to do.
pub(in crate::spec) fn wrapper(ty: &Type) -> Option<(&Type, &'static str)> {
    match type_table::known(ty)?.form {
        Form::RejectedWrapper(why) => Some((ty, why)),
        _ => None,
    }
}

/// Returns why a form cannot show a type, for types that are often tried.
pub(in crate::spec) fn rejection(ty: &Type) -> Option<(&Type, &'static str)> {
    if let Some(element) = item(ty) {
        if item(element).is_some() {
            return Some((element, "a form cannot show a list of lists: put the inner list into a struct"));
        }
        if is_option(element) {
            return Some((element, "the elements of a list cannot be optional: remove the `Option`"));
        }
        if kind(element) == Some(Kind::Bool) {
            return Some((
                element,
                "a form cannot show a list of booleans: use a list of names, a `Vec` of an enum",
            ));
        }
        return rejection(element);
    }
    if let Some(inside) = inside(ty) {
        if is_option(inside) {
            return Some((inside, "nested `Option`s are not supported: remove one"));
        }
        return rejection(inside);
    }
    if let Some(rejected) = wrapper(ty) {
        return Some(rejected);
    }
    let path = match bare(ty) {
        Type::Path(path) => path,
        Type::Array(_) | Type::Slice(_) => {
            return Some((ty, "arrays are not supported: use a `Vec` with `min_items` and `max_items`"));
        }
        Type::Tuple(_) => {
            return Some((
                ty,
                "tuples are not supported: use a struct with `#[derive(ConfigValue)]`, whose fields have names",
            ));
        }
        Type::Reference(_) => {
            return Some((
                ty,
                "a configuration must own its data: remove the `&`, and use `String` instead of `str`",
            ));
        }
        Type::Macro(_) | Type::Verbatim(_) => return None,
        _ => return Some((ty, "a form has no field for this type")),
    };
    if let Some(replacement) = type_table::foreign(ty) {
        return Some((ty, replacement.field));
    }
    match type_table::known(ty)?.form {
        Form::Rejected(why) => Some((ty, why)),
        Form::RejectedOfSerdeJson(why) => {
            path.path.segments.iter().any(|segment| segment.ident == "serde_json").then_some((ty, why))
        }
        _ => None,
    }
}
