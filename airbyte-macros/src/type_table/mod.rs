//! What the name of a type tells about it. The types are in `rows`.

mod foreign;
mod rows;

pub(crate) use self::foreign::foreign;
pub(crate) use self::rows::{Arguments, Column, Form, Kind, Known, Literal};
use crate::attributes::last_segment;
use syn::{GenericArgument, PathArguments, Type};

/// Returns the row of a type. `None` for the author's own types.
pub(crate) fn known(ty: &Type) -> Option<&'static Known> {
    let segment = last_segment(ty)?;
    let known = rows::TYPES.iter().find(|known| segment.ident == known.name)?;
    let is_another = match known.arguments {
        // Such as the `DateTime<Utc>` of another crate.
        Arguments::None => !segment.arguments.is_none(),
        Arguments::Holds(_) | Arguments::PerhapsHolds(_) | Arguments::Unknown => false,
    };
    (!is_another).then_some(known)
}

/// Returns the types in the angle brackets of a type.
pub(crate) fn arguments(ty: &Type) -> impl Iterator<Item = &Type> {
    let arguments = match last_segment(ty).map(|segment| &segment.arguments) {
        Some(PathArguments::AngleBracketed(arguments)) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Returns how the type is serialized as a column.
pub(crate) fn column(ty: &Type) -> Column {
    known(ty).map_or(Column::Unknown, |known| known.column)
}

/// Returns whether the type is an `Option`.
pub(crate) fn is_option(ty: &Type) -> bool {
    column(ty) == Column::Nullable
}

/// Returns the type inside of all `Option`s and wrappers.
pub(crate) fn unwrapped(ty: &Type) -> &Type {
    match column(ty) {
        Column::Nullable | Column::Wrapper => arguments(ty).next().map_or(ty, unwrapped),
        _ => ty,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_has_one_row() {
        for (at, known) in rows::TYPES.iter().enumerate() {
            assert!(rows::TYPES[..at].iter().all(|other| other.name != known.name), "{}", known.name);
        }
    }
}
