//! Types of which no value can be written or read, as far as their form says it. serde would say so of its own traits, far from
//! the field.

use crate::attributes::{as_text, bare};
use crate::type_table::{self, Arguments, Column};
use syn::{Expr, ExprLit, GenericArgument, Lit, PathArguments, Type};

/// serde writes arrays of up to this length.
const LONGEST_ARRAY: u64 = 32;

/// serde writes tuples of up to this length.
const LONGEST_TUPLE: usize = 16;

/// The type as the author would write it, on one line.
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

/// The part of a type that cannot be written, and what to use.
pub(crate) fn unwritable(ty: &Type) -> Option<(&Type, String)> {
    find(ty, &refusal)
}

/// Whether a type or one within it is such.
pub(crate) fn any(ty: &Type, is_such: &dyn Fn(&Type) -> bool) -> bool {
    find(ty, &|ty| is_such(ty).then(String::new)).is_some()
}

/// Whether only the compiler knows how long the array is.
pub(crate) fn is_array_of_named_length(ty: &Type) -> bool {
    matches!(ty, Type::Array(array) if !matches!(array.len, Expr::Lit(_)))
}

/// The first reference in a type that has no lifetime.
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
    // One that holds none of what its name promises is another type.
    let is_another = type_table::arguments(ty).next().is_none();
    if leaves.len() == before && (!certain || is_another) {
        leaves.push(ty);
    }
}

/// The first of a type and those within it of which something is said.
fn find<'a>(ty: &'a Type, say: &dyn Fn(&Type) -> Option<String>) -> Option<(&'a Type, String)> {
    let ty = bare(ty);
    if let Some(said) = say(ty) {
        return Some((ty, said));
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

fn refusal(ty: &Type) -> Option<String> {
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
        Type::FnPtr(_) => "a function is no data; call it and keep the result".to_owned(),
        Type::Ptr(_) => "an address is no data; keep the value itself".to_owned(),
        Type::Never(_) => "there is no value of it".to_owned(),
        Type::ImplTrait(_) | Type::TraitObject(_) => {
            "its fields are not known; name a type, or use an enum of the types that it may be".to_owned()
        }
        Type::Infer(_) => "a field names its type".to_owned(),
        Type::Path(_) if type_table::column(ty) == Column::NoValue => {
            "it holds no value; say `#[serde(skip)]`".to_owned()
        }
        Type::Path(_) if type_table::column(ty) == Column::Map => {
            let mut arguments = type_table::arguments(ty);
            let (key, value) = (arguments.next()?, arguments.next()?);
            if !never_a_map_key(key) {
                return None;
            }
            let (key, value) = (text(key), text(value));
            format!(
                "the keys of a JSON object are texts, and `{key}` is not written as one; use a list of pairs, `Vec<({key}, {value})>`"
            )
        }
        _ => return None,
    })
}

/// Whether no value of the type is written as a text, a number or a boolean, as far as its form says.
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

/// Whether the type is written as one simple value or as a list, as far as its form says: it has no fields.
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
