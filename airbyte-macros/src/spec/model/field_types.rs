//! What a type is, as far as its name says it.

use crate::attributes::{bare, last_segment};
use syn::{GenericArgument, PathArguments, Type};

#[derive(Clone, Copy, PartialEq)]
pub(in crate::spec) enum Kind {
    Text,
    Secret,
    Integer,
    Float,
    Bool,
    Date,
    Timestamp,
    List,
}

impl Kind {
    /// Of a type, or of what is in its `Option`. `None` if the name says nothing: the author's own types.
    pub(in crate::spec) fn of(ty: &Type) -> Option<Self> {
        Some(match last_segment(ty)?.ident.to_string().as_str() {
            "String" => Self::Text,
            "Secret" => Self::Secret,
            "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" => Self::Integer,
            "f32" | "f64" => Self::Float,
            "bool" => Self::Bool,
            "Date" => Self::Date,
            "Timestamp" => Self::Timestamp,
            "Vec" => Self::List,
            "Option" => return inner(ty, "Option").and_then(Self::of),
            _ => return None,
        })
    }

    pub(in crate::spec) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Secret => "a secret",
            Self::Integer | Self::Float => "a number",
            Self::Bool => "a yes or no",
            Self::Date => "a date",
            Self::Timestamp => "a moment",
            Self::List => "a list",
        }
    }

    /// How a value of it is written.
    pub(in crate::spec) fn written(self) -> &'static str {
        match self {
            Self::Text | Self::Secret => "text in quotes",
            Self::Integer => "a whole number, without quotes",
            Self::Float => "a number with a point, such as `1.0`",
            Self::Bool => "`true` or `false`",
            Self::Date => "code, such as `Date::constant(2024, 1, 31)`",
            Self::Timestamp => "code, such as `Timestamp::constant(1_704_067_200, 0)`",
            Self::List => "code, such as `vec![…]`",
        }
    }
}

pub(in crate::spec) fn is_option(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == "Option")
}

/// `T` of `Option<T>` or of `Vec<T>`, whichever is asked for.
pub(in crate::spec) fn inner<'a>(ty: &'a Type, of: &str) -> Option<&'a Type> {
    let segment = last_segment(ty).filter(|segment| segment.ident == of)?;
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

/// What is in the `Option`s and `Vec`s of a type.
pub(in crate::spec) fn innermost(ty: &Type) -> &Type {
    ["Option", "Vec"].iter().find_map(|of| inner(ty, of)).map_or(ty, innermost)
}

/// Whether a type has another one by name in it.
pub(in crate::spec) fn contains(ty: &Type, name: &syn::Ident) -> bool {
    let ty = innermost(ty);
    match inner(ty, "Box") {
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
    let why = match last_segment(ty)?.ident.to_string().as_str() {
        "Box" => "a form shows what is in the `Box`; remove it",
        "Rc" => "a form shows what is in the `Rc`; remove it",
        "Arc" => "a form shows what is in the `Arc`; remove it",
        "Cow" => "a configuration owns its values; remove the `Cow`",
        _ => return None,
    };
    Some((ty, why))
}

/// Why no form shows a type, for those that are often tried.
pub(in crate::spec) fn refusal(ty: &Type) -> Option<(&Type, &'static str)> {
    if let Some(element) = inner(ty, "Vec") {
        if inner(element, "Vec").is_some() {
            return Some((
                element,
                "a form does not show lists of lists; put the inner list into a struct of its own",
            ));
        }
        if is_option(element) {
            return Some((element, "an item of a list is there or not; remove the `Option`"));
        }
        if Kind::of(element) == Some(Kind::Bool) {
            return Some((element, "a form does not show lists of switches; make it a list of names"));
        }
        return refusal(element);
    }
    if let Some(inside) = inner(ty, "Option") {
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
    let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let last = names.last()?.as_str();
    let is_map = matches!(last, "HashMap" | "BTreeMap" | "IndexMap");
    let is_json = names.iter().any(|name| name == "serde_json") && matches!(last, "Value" | "Map");
    if is_map {
        Some((
            ty,
            "a form has no field whose keys the user makes up; use a `Vec` of a struct with a field for the key and one for the value",
        ))
    } else if is_json {
        Some((
            ty,
            "a form has no field for any JSON; name what is in there in a struct with `#[derive(ConfigValue)]`, or take a text: `String` with `multiline`",
        ))
    } else if matches!(last, "HashSet" | "BTreeSet") {
        Some((ty, "a form shows a list; use a `Vec`"))
    } else if last == "PhantomData" {
        Some((ty, "it holds no value; say `#[serde(skip)]`"))
    } else if last == "str" {
        Some((ty, "a configuration owns its values; use `String`"))
    } else if last == "f32" {
        Some((
            ty,
            "the spec would show what becomes of a number in 32 bits, 0.10000000149011612 for 0.1; use `f64`",
        ))
    } else if matches!(last, "usize" | "isize") {
        Some((ty, "the same form is to mean the same on every machine; use `u64` or `i64`"))
    } else {
        None
    }
}
