//! The rules for a field: what one word asks of another, and of the type.
//!
//! A type is known by its name here. Where the name says nothing the compiler has the last word, at the same place.

use super::model::{Field, Groups};
use crate::attr::{as_text, last_segment};
use crate::errors::{Errors, hint};
use quote::ToTokens;
use syn::{Expr, ExprLit, ExprUnary, GenericArgument, Lit, PathArguments, Type};

pub(super) fn check(field: &Field, groups: &Groups, errors: &mut Errors) {
    let optional = is_option(&field.ty);
    let kind = Kind::of(&field.ty);
    check_secrecy(field, kind, errors);
    if let Some(default) = &field.default {
        if optional {
            errors.at(default, "a field with a default is never left out: remove `Option`, or the default");
        } else if kind == Some(Kind::Secret) {
            errors.at(default, "a secret has no default: the spec would show it to everybody");
        } else {
            check_literal("default", default, field, errors);
        }
    }
    for (word, bound) in [("min", &field.min), ("max", &field.max)] {
        let Some(bound) = bound else { continue };
        match kind {
            None | Some(Kind::Integer | Kind::Float) => check_literal(word, bound, field, errors),
            Some(kind) => errors.at(bound, format!("`{word}` is for numbers, not for {}", kind.name())),
        }
    }
    if let Some(kind) = kind.filter(|kind| !matches!(kind, Kind::Text | Kind::Secret)) {
        if let Some(pattern) = &field.pattern {
            errors.at(pattern, format!("`pattern` is for text, not for {}", kind.name()));
        }
        if let Some(flag) = &field.multiline {
            errors.at(flag, format!("`multiline` is for text, not for {}", kind.name()));
        }
    }
    if let (Some(words), false) = (&field.pattern_descriptor, field.has_pattern) {
        errors.at(words, "`pattern_descriptor` describes a `pattern`, and there is none");
    }
    if let (Some(flag), false) = (&field.always_show, optional || field.has_default) {
        errors.at(flag, "`always_show` is for optional fields; a required one is always shown");
    }
    if let (Some(group), Groups::Known(groups)) = (&field.group, groups) {
        let id = group.value();
        if groups.is_empty() {
            errors.at(
                group,
                format!("no groups are declared; add `#[airbyte(groups({id} = \"…\"))]` to the struct"),
            );
        } else if !groups.iter().any(|(declared, _)| *declared == id) {
            let legal = hint(&id, groups.iter().map(|(id, _)| id.as_str()));
            errors.at(group, format!("there is no group `{id}`{legal}"));
        }
    }
}

/// Names under which the platform expects a secret, as Airbyte's own checks of a spec list them.
const CREDENTIALS: &[&str] = &[
    "access_token",
    "api_token",
    "certificate",
    "client_secret",
    "client_token",
    "credentials",
    "jwt",
    "key",
    "password",
    "refresh_token",
    "secret",
    "service_account",
    "service_account_info",
    "token",
];

/// The same for the ends of names.
const CREDENTIAL_ENDS: &[&str] =
    &["_token", "_secret", "password", "api_key", "apikey", "secret_key", "private_key", "access_key"];

/// A credential in a plain field would be shown in the form, and in logs.
fn check_secrecy(field: &Field, kind: Option<Kind>, errors: &mut Errors) {
    let sounds = CREDENTIALS.contains(&field.name.as_str())
        || CREDENTIAL_ENDS.iter().any(|end| field.name.ends_with(end));
    match (&field.not_secret, kind) {
        (None, Some(Kind::Text | Kind::Integer | Kind::Float)) if sounds => {
            let message = format!(
                "`{}` sounds like a credential: make it a `Secret`, which is masked in the form and blanked in every log. If it is none, rename it, or say so: `#[airbyte(not_secret)]`",
                field.name
            );
            errors.at(&field.ty, message);
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

/// A literal that cannot be a value of the field. Other expressions are the compiler's to judge.
fn check_literal(word: &str, value: &Expr, field: &Field, errors: &mut Errors) {
    let (Some(kind), Some(literal)) = (Kind::of(&field.ty), literal(value)) else {
        return;
    };
    let fits = match kind {
        Kind::Text | Kind::Secret => matches!(literal, Lit::Str(_)),
        Kind::Integer => matches!(literal, Lit::Int(_)),
        Kind::Float => matches!(literal, Lit::Float(_)),
        Kind::Bool => matches!(literal, Lit::Bool(_)),
        Kind::Date | Kind::Timestamp | Kind::List => false,
    };
    if !fits {
        let ty = as_text(&field.ty.to_token_stream()).replace(' ', "");
        errors.at(value, format!("`{word}` of a `{ty}` is {}", kind.written()));
    }
}

/// The literal, with or without a minus.
fn literal(value: &Expr) -> Option<&Lit> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => Some(lit),
        Expr::Unary(ExprUnary { expr, .. }) => literal(expr),
        _ => None,
    }
}

fn is_option(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == "Option")
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
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
    /// Of a type, or of what is in its `Option`.
    fn of(ty: &Type) -> Option<Self> {
        let segment = last_segment(ty)?;
        Some(match segment.ident.to_string().as_str() {
            "String" => Self::Text,
            "Secret" => Self::Secret,
            "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" => Self::Integer,
            "f32" | "f64" => Self::Float,
            "bool" => Self::Bool,
            "Date" => Self::Date,
            "Timestamp" => Self::Timestamp,
            "Vec" => Self::List,
            "Option" => match &segment.arguments {
                PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
                    GenericArgument::Type(inner) => return Self::of(inner),
                    _ => return None,
                },
                _ => return None,
            },
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
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
    fn written(self) -> &'static str {
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
