//! The rules for a field: what an attribute requires of the others and of the type.
//!
//! Types are recognized by name here. The compiler checks those that are not, and reports them at the same place.

use super::field_types;
use super::fields::{Field, Surroundings};
use super::{check_credential_names, check_literals};
use crate::attributes::as_text;
use crate::errors::Errors;
use crate::type_table::{self, Kind, is_option};
use crate::unsupported_types;
use airbyte_spec_rules::Pattern;
use syn::{Expr, ExprLit, Lit};

/// `all` are the fields of the same struct or variant.
pub(in crate::spec) fn check(field: &Field, all: &[&Field], around: &Surroundings<'_>, errors: &mut Errors) {
    let kind = field_types::kind(&field.ty);
    let rejection = match field_types::rejection(&field.ty) {
        _ if field_types::contains(&field.ty, around.item) => Some((&field.ty, field_types::RECURSIVE)),
        rejection => rejection,
    };
    match rejection {
        // The other attributes depend on the type that replaces this one.
        Some((ty, why)) if type_table::foreign(ty).is_some() => {
            let ty_text = unsupported_types::text(ty);
            errors.at(ty, format!("`{ty_text}` cannot be the type of a field: {why}"));
        }
        Some((ty, why)) => errors.at(ty, why),
        None => {
            check_credential_names::check(field, kind, all, errors);
            check_default(field, kind, errors);
            check_kinds(field, kind, errors);
            check_literals::check(field, kind, errors);
            check_pattern(field, kind, errors);
        }
    }
    // A field of the author's own type may be optional without a sign of it here.
    if let (Some(flag), false) =
        (field.attributes.get("always_show"), is_option(&field.ty) || field.has_default || kind.is_none())
    {
        errors.at(
            flag,
            "`always_show` is for optional fields, and a required field is always shown: remove it",
        );
    }
    // `check_default` reports a `bool` without a default.
    let is_switch = kind == Some(Kind::Bool);
    if let Some(hidden) = field.attributes.get("hidden")
        && !(is_option(&field.ty) || field.has_default || is_switch || around.is_filled_in(&field.key))
    {
        errors.at(hidden, "a hidden field must not be required, because users cannot fill it in: give it a default, or make it an `Option`");
    }
    if let Some(group) = field.attributes.text("group") {
        around.groups.check(group, errors);
    }
}

fn check_default(field: &Field, kind: Option<Kind>, errors: &mut Errors) {
    let optional = is_option(&field.ty);
    match &field.default {
        None if kind == Some(Kind::Bool) && !optional && !field.has_default => errors.at(
            &field.ty,
            "a `bool` needs a default, because an untouched switch sends no value: add `#[airbyte(default = false)]`, or use `Option<bool>`",
        ),
        Some(default) if optional => {
            errors.at(default, "a field with a default is never absent: remove the `Option` or the default");
        }
        Some(default) if kind == Some(Kind::Secret) => {
            errors.at(default, "a secret must not have a default: the spec would publish it");
        }
        _ => {}
    }
    if let (Some(Kind::Secret), Some(example)) = (kind, field.examples.first()) {
        errors.at(example, "a secret must not have examples: describe its format in the doc comment");
    }
}

/// Attributes that are for one kind of type only. An alias for such a type looks like an author's own type here, so the
/// message says to write the type itself.
fn check_kinds(field: &Field, kind: Option<Kind>, errors: &mut Errors) {
    for (attribute, value) in field.attributes.iter().filter(|(attribute, _)| !attribute.is_for.fits(kind)) {
        let (name, what) = (attribute.name, attribute.is_for.name());
        let message = match kind {
            Some(kind) => format!("`{name}` is for {what}, not for {}", kind.name()),
            None => {
                let ty = as_text(field_types::innermost(&field.ty)).replace(' ', "");
                format!("`{name}` is for {what}; if `{ty}` is an alias, write the type itself")
            }
        };
        errors.at(value, message);
    }
}

fn check_pattern(field: &Field, kind: Option<Kind>, errors: &mut Errors) {
    if let (Some(url), true) = (field.attributes.get("url"), field.attributes.mentions("pattern")) {
        errors.at(url, "`url` already implies a pattern; remove one of the two");
    }
    if let (Some(attributes), false) =
        (field.attributes.get("pattern_descriptor"), field.attributes.mentions("pattern"))
    {
        errors.at(attributes, "`pattern_descriptor` needs a `pattern` to describe");
    }
    let textual = kind.is_some_and(Kind::is_text);
    let Some(pattern) = field.attributes.text("pattern").filter(|_| textual) else { return };
    if let Err(error) = Pattern::new(&pattern.value()) {
        errors.at(pattern, error);
    } else if !field.attributes.mentions("pattern_descriptor") && field.attributes.get("hidden").is_none() {
        errors.at(
            pattern,
            "a pattern needs a description, which users read when their text does not match: add `pattern_descriptor = \"…\"`",
        );
    }
}

/// Returns the literal, without its sign.
pub(in crate::spec) fn literal(value: &Expr) -> Option<&Lit> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => Some(lit),
        Expr::Unary(syn::ExprUnary { expr, .. }) => literal(expr),
        _ => None,
    }
}
