//! Detects types whose values cannot be serialized, by their syntax. serde would report its own traits, and not at the
//! field.

use crate::attributes::{as_text, bare};
use crate::type_table::{self, Arguments, Column};
use syn::{Expr, ExprLit, GenericArgument, Lit, PathArguments, Type};

/// The length of the longest array that serde serializes.
const LONGEST_ARRAY: u64 = 32;

/// serde writes tuples of up to this length.
const LONGEST_TUPLE: usize = 16;

/// Returns the type on one line, with the usual spaces.
pub(crate) fn text(ty: &Type) -> String {
    let mut text = as_text(ty);
    for (spaced, tight) in [
        (" ;", ";"),
        ("& ", "&"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ::", "::"),
        (":: ", "::"),
        (" ,", ","),
        ("[ ", "["),
        (" ]", "]"),
        ("( ", "("),
        (" )", ")"),
        ("fn (", "fn("),
        ("* ", "*"),
        ("' ", "'"),
    ] {
        text = text.replace(spaced, tight);
    }
    text
}

/// Returns the type within a type that cannot be serialized, and what to use instead.
pub(crate) fn unwritable(ty: &Type) -> Option<(&Type, String)> {
    find(ty, &problem)
}

/// Returns whether this holds for a type or one within it.
pub(crate) fn any(ty: &Type, holds: &dyn Fn(&Type) -> bool) -> bool {
    find(ty, &|ty| holds(ty).then(String::new)).is_some()
}

/// Returns whether the type is an array whose length is a constant, which only the compiler knows.
pub(crate) fn is_array_of_named_length(ty: &Type) -> bool {
    matches!(ty, Type::Array(array) if !matches!(array.len, Expr::Lit(_)))
}

/// Returns the first reference in a type that has no lifetime.
pub(crate) fn elided_reference(ty: &Type) -> Option<&Type> {
    let is_elided = |ty: &Type| {
        matches!(ty, Type::Reference(reference) if reference.lifetime.is_none()).then(String::new)
    };
    find(ty, &is_elided).map(|(ty, _)| ty)
}

/// The types within that the author may have forgotten to annotate, or that nothing is known of.
pub(crate) fn unknown<'a>(ty: &'a Type, leaves: &mut Vec<&'a Type>) {
    let ty = bare(ty);
    match ty {
        Type::Array(_) if is_array_of_named_length(ty) => leaves.push(ty),
        Type::Array(array) => unknown(&array.elem, leaves),
        Type::Slice(slice) => unknown(&slice.elem, leaves),
        Type::Reference(reference) => unknown(&reference.elem, leaves),
        Type::Tuple(tuple) if tuple.elems.len() > LONGEST_TUPLE => leaves.push(ty),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|ty| unknown(ty, leaves)),
        Type::Path(_) => unknown_of_path(ty, leaves),
        Type::Macro(_) => leaves.push(ty),
        _ => {}
    }
}

fn unknown_of_path<'a>(ty: &'a Type, leaves: &mut Vec<&'a Type>) {
    if matches!(type_table::column(ty), Column::Scalar | Column::AnyJson) {
        return;
    }
    let (count, certain) = match type_table::known(ty).map(|known| known.arguments) {
        Some(Arguments::Holds(count)) => (count, true),
        Some(Arguments::PerhapsHolds(count)) => (count, false),
        Some(Arguments::None | Arguments::Unknown) | None => (0, false),
    };
    let before = leaves.len();
    type_table::arguments(ty).take(count).for_each(|ty| unknown(ty, leaves));
    // Without type arguments it is another type of the same name.
    let is_another = type_table::arguments(ty).next().is_none();
    if leaves.len() == before && (!certain || is_another) {
        leaves.push(ty);
    }
}

/// Returns the first of a type and those within it for which the function returns something.
fn find<'a>(ty: &'a Type, say: &dyn Fn(&Type) -> Option<String>) -> Option<(&'a Type, String)> {
    let ty = bare(ty);
    if let Some(found) = say(ty) {
        return Some((ty, found));
    }
    match ty {
        Type::Array(array) => find(&array.elem, say),
        Type::Slice(slice) => find(&slice.elem, say),
        Type::Reference(reference) => find(&reference.elem, say),
        Type::Tuple(tuple) => tuple.elems.iter().find_map(|ty| find(ty, say)),
        Type::Path(path) => {
            let arguments = path.path.segments.iter().filter_map(|segment| match &segment.arguments {
                PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
                _ => None,
            });
            arguments.flatten().find_map(|argument| match argument {
                GenericArgument::Type(ty) => find(ty, say),
                _ => None,
            })
        }
        _ => None,
    }
}

fn problem(ty: &Type) -> Option<String> {
    if let Some(replacement) = type_table::foreign(ty) {
        return Some(format!("use `{}`", replacement.column));
    }
    Some(match ty {
        Type::Array(array) => match &array.len {
            Expr::Lit(ExprLit { lit: Lit::Int(length), .. })
                if length.base10_parse::<u64>().is_ok_and(|length| length > LONGEST_ARRAY) =>
            {
                format!(
                    "only arrays of up to {LONGEST_ARRAY} elements can be; use `Vec<{}>`",
                    text(&array.elem)
                )
            }
            _ => return None,
        },
        Type::FnPtr(_) => "a function cannot be serialized; call it and keep the result".to_owned(),
        Type::Ptr(_) => "a pointer cannot be serialized; keep the value itself".to_owned(),
        Type::Never(_) => "it has no values".to_owned(),
        Type::ImplTrait(_) | Type::TraitObject(_) => {
            "its fields are unknown; name a type, or use an enum of the possible types".to_owned()
        }
        Type::Infer(_) => "write the type of the field".to_owned(),
        Type::Path(_) if type_table::column(ty) == Column::NoValue => {
            "it holds no value; add `#[serde(skip)]`".to_owned()
        }
        Type::Path(_) if type_table::column(ty) == Column::Map => {
            let mut arguments = type_table::arguments(ty);
            let (key, value) = (arguments.next()?, arguments.next()?);
            if !never_a_map_key(key) {
                return None;
            }
            let (key, value) = (text(key), text(value));
            format!(
                "the keys of a JSON object are strings, and `{key}` is not serialized as one; use `Vec<({key}, {value})>`"
            )
        }
        _ => return None,
    })
}

/// Returns whether no value of the type is serialized as a string, a number or a boolean, judging by its syntax.
fn never_a_map_key(ty: &Type) -> bool {
    match bare(ty) {
        Type::Tuple(_) | Type::Array(_) | Type::Slice(_) => true,
        Type::Reference(reference) => never_a_map_key(&reference.elem),
        ty => type_table::known(ty).is_some_and(|known| {
            !known.map_key
                || known.column == Column::Wrapper && type_table::arguments(ty).any(never_a_map_key)
        }),
    }
}

/// Returns whether the type is serialized as a simple value or an array, so that it has no fields, judging by its syntax.
pub(crate) fn has_no_fields(ty: &Type) -> bool {
    match bare(ty) {
        Type::Array(_) | Type::Slice(_) => true,
        Type::Tuple(tuple) => !tuple.elems.is_empty(),
        Type::Reference(reference) => has_no_fields(&reference.elem),
        ty => match type_table::column(ty) {
            Column::Scalar | Column::List => true,
            Column::Nullable | Column::Wrapper => type_table::arguments(ty).any(has_no_fields),
            _ => false,
        },
    }
}
