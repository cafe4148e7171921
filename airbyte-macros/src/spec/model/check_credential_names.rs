//! Checks that fields whose names sound like credentials are secrets. The form and the logs would show a plain field.

use super::field_types::{self, innermost};
use super::fields::Field;
use crate::errors::Errors;
use crate::type_table::Kind;
use airbyte_spec_rules::is_credential;

/// `all` are the fields of the same struct or variant.
pub(in crate::spec) fn check(field: &Field, kind: Option<Kind>, all: &[&Field], errors: &mut Errors) {
    let sounds = is_credential(&field.key, all.iter().map(|field| &*field.key));
    // In a list, the type of the elements counts.
    let kind = if kind == Some(Kind::List) { field_types::kind(innermost(&field.ty)) } else { kind };
    match (field.attributes.get("not_secret"), kind) {
        (None, Some(Kind::Text | Kind::Integer { .. } | Kind::Float)) if sounds && !field.marked_secret => {
            let message = format!(
                "`{}` sounds like a credential: use the type `Secret`, which is masked in the form and removed from logs; if it is not a credential, rename it or add `#[airbyte(not_secret)]`",
                field.key
            );
            errors.at(innermost(&field.ty), message);
        }
        (Some(flag), _) if !sounds || kind == Some(Kind::Secret) => {
            errors.at(
                flag,
                "`not_secret` is only for a plain field whose name sounds like a credential: remove it",
            );
        }
        _ => {}
    }
}
