//! Types of which no value can be written or read, as far as their form says it. serde would say so of its own traits, far from
//! the field.

use crate::attr::{as_text, bare};
use syn::{Expr, ExprLit, GenericArgument, Lit, PathArguments, Type};

/// serde writes arrays of up to this length.
const LONGEST_ARRAY: u64 = 32;

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
        Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "PhantomData") => {
            "it holds no value; say `#[serde(skip)]`".to_owned()
        }
        _ => return None,
    })
}
