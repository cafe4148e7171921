//! The second argument of a fetch function, if it has one beside `since` and `out`.

use crate::attributes::is_named;
use crate::type_table::arguments;
use crate::unsupported_types::text;
use syn::Type;

/// What it is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Second {
    None,
    Partition,
    /// Several partitions, with `groups_of`.
    Group,
    Parent,
    Window,
}

impl Second {
    /// Returns its name in errors.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::Window => "window",
            Self::Group => "group of partitions",
            Self::None | Self::Partition => "partition",
        }
    }

    /// Returns the error if a reference to this type is one partition instead of a group, or the reverse.
    pub(super) fn wrong_number(self, ty: &Type) -> Option<String> {
        let element = match ty {
            Type::Slice(slice) => &slice.elem,
            Type::Array(array) => &array.elem,
            ty if is_named(ty, "Vec") => arguments(ty).next().unwrap_or(ty),
            ty => ty,
        };
        let element = if is_named(element, "str") { "String".to_owned() } else { text(element) };
        match (self, ty) {
            (Self::Group, Type::Slice(_)) => None,
            (Self::Group, _) => Some(format!(
                "with `groups_of` one call reads several partitions: take a slice of them, `&[{element}]`, or remove `groups_of`"
            )),
            (Self::Partition, Type::Slice(_)) => Some(format!(
                "one call reads one partition: take `&{}`, or add `groups_of = 50` after the name of the list, with the number of partitions that the API accepts in one request",
                if element == "String" { "str" } else { &element }
            )),
            _ => None,
        }
    }

    /// Returns the error if it is missing.
    pub(super) fn missing(self) -> &'static str {
        match self {
            Self::Parent => {
                "missing argument: with `children_of` the second argument is a reference to a record of the parent stream"
            }
            Self::Window => {
                "missing argument `window`: with `windows` the second argument is `window: &Window<Timestamp>`, with the type of the cursor"
            }
            Self::Group => {
                "missing argument: with `groups_of` the second argument is `partitions: &[Partition]`, a slice of elements of the list"
            }
            Self::None | Self::Partition => {
                "missing argument `partition`: with `partitions` the second argument is `partition: &Partition`, a reference to an element of the list"
            }
        }
    }
}
