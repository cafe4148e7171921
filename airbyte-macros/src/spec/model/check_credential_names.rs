//! Fields whose names sound like credentials. A credential in a plain field would be shown in the form, and in logs.

use super::field_types::{self, innermost};
use super::fields::Field;
use crate::errors::Errors;
use crate::type_table::Kind;
use airbyte_credential_names::is_credential;

/// `all` are the fields of the same struct or variant.
pub(in crate::spec) fn check(field: &Field, kind: Option<Kind>, all: &[&Field], errors: &mut Errors) {
    let sounds = is_credential(&field.key, all.iter().map(|field| &*field.key));
    // A list is as plain as what is in it.
    let kind = if kind == Some(Kind::List) { field_types::kind(innermost(&field.ty)) } else { kind };
    match (field.attributes.get("not_secret"), kind) {
        (None, Some(Kind::Text | Kind::Integer { .. } | Kind::Float)) if sounds && !field.marked_secret => {
            let message = format!(
                "`{}` sounds like a credential: make it a `Secret`, which is masked in the form and blanked in every log. If it is none, rename it, or say so: `#[airbyte(not_secret)]`",
                field.key
            );
            errors.at(innermost(&field.ty), message);
        }
        (Some(flag), _) if !sounds || kind == Some(Kind::Secret) => {
            errors.at(
                flag,
                "`not_secret` is for a plain field whose name sounds like a credential; this is none",
            );
        }
        _ => {}
    }
}
