//! Values that are written out: of the type, and within the limits that are written out beside them.

use super::check::literal;
use super::field::{Default, Field};
use super::kind::{self, Kind};
use crate::attr::as_text;
use crate::errors::Errors;
use quote::ToTokens;
use syn::{Expr, ExprUnary, Lit, Type, UnOp};

pub(super) fn check(field: &Field, kind: Option<Kind>, errors: &mut Errors) {
    for (word, bound) in [("min", &field.min), ("max", &field.max)] {
        if let (Some(bound), None | Some(Kind::Integer | Kind::Float)) = (bound, kind) {
            check_literal(word, bound, field, errors);
        }
    }
    let counts = [
        ("min_length", &field.min_length),
        ("max_length", &field.max_length),
        ("min_items", &field.min_items),
        ("max_items", &field.max_items),
    ];
    for (word, count) in counts {
        let Some(count) = count else { continue };
        if literal(count).is_some() && whole(count).is_none_or(|count| count < 0) {
            let what = if word.ends_with("length") { "characters" } else { "items" };
            errors.at(count, format!("`{word}` is a number of {what}: whole, not negative, without quotes"));
        }
    }
    let pairs = [
        ("min", &field.min, "max", &field.max),
        ("min_length", &field.min_length, "max_length", &field.max_length),
        ("min_items", &field.min_items, "max_items", &field.max_items),
    ];
    for (low, least, high, most) in pairs {
        if let (Some(least), Some(most)) = (least, most)
            && let (Some(smaller), Some(larger)) = (number(least), number(most))
            && smaller > larger
        {
            errors.at(least, format!("`{low}` is above `{high}`: nothing is between them"));
        }
    }
    let default = match &field.default {
        Some(Default::Value(default)) => Some(("default", default)),
        _ => None,
    };
    let examples = field.examples.iter().map(|example| ("examples", example));
    for (word, value) in default.into_iter().chain(examples) {
        if word == "examples" && !is_example(value, &field.ty) {
            continue;
        }
        check_value(word, value, field, errors);
    }
    let element = kind::inner(&field.ty, "Vec").or(kind::inner(&field.ty, "Option")).unwrap_or(&field.ty);
    if kind != Some(Kind::Secret) {
        for example in field.examples.iter().filter(|example| !is_example(example, &field.ty)) {
            let kind = Kind::of(element).map_or("a value of its type", |kind| match kind {
                Kind::Date => "a text such as \"2024-01-31\"",
                Kind::Timestamp => "a text such as \"2024-01-31T09:30:00Z\"",
                kind => kind.written(),
            });
            let ty = as_text(&element.to_token_stream()).replace(' ', "");
            errors.at(example, format!("an example of a `{ty}` is {kind}"));
        }
    }
}

/// Whether a literal can be an example; of a list, whether it can be one of an item.
fn is_example(value: &Expr, ty: &Type) -> bool {
    let element = kind::inner(ty, "Vec").unwrap_or(ty);
    let (Some(kind), Some(literal)) = (Kind::of(element), literal(value)) else { return true };
    match kind {
        Kind::Date | Kind::Timestamp => matches!(literal, Lit::Str(_)),
        Kind::List => matches!(Kind::of(kind::inner(element, "Option").unwrap_or(element)), Some(Kind::List)),
        kind => is_written(kind, literal),
    }
}

/// Whether a value obeys the other words of the field.
fn check_value(word: &str, value: &Expr, field: &Field, errors: &mut Errors) {
    let what = if word == "default" { "the default" } else { "the example" };
    if let Some(number) = number(value) {
        let bounds = [("min", &field.min, true), ("max", &field.max, false)];
        for (name, bound, is_least) in bounds {
            let Some((bound, limit)) = bound.as_ref().and_then(|bound| Some((bound, self::number(bound)?)))
            else {
                continue;
            };
            if if is_least { number < limit } else { number > limit } {
                let side = if is_least { "below" } else { "above" };
                errors.at(value, format!("{what} is {side} `{name} = {}`", as_text(bound).replace(' ', "")));
            }
        }
        if let (Some(range), Some(whole)) = (range(&field.ty), whole(value))
            && !range.contains(&whole)
            && word == "examples"
        {
            errors.at(value, format!("{what} is outside of `{}`", as_text(&field.ty).replace(' ', "")));
        }
    }
    if let Some(Lit::Str(text)) = literal(value)
        && matches!(Kind::of(&field.ty), Some(Kind::Text))
    {
        let (text, length) = (text.value(), text.value().chars().count());
        if let Some(pattern) = &field.pattern
            && let Ok(regex) = regex_lite::Regex::new(&pattern.value())
            && !regex.is_match(&text)
        {
            errors.at(value, format!("{what} does not match the `pattern`"));
        }
        let length = i128::try_from(length).unwrap_or(i128::MAX);
        if field.min_length.as_ref().and_then(whole).is_some_and(|least| length < least) {
            errors.at(value, format!("{what} is shorter than `min_length`"));
        }
        if field.max_length.as_ref().and_then(whole).is_some_and(|most| length > most) {
            errors.at(value, format!("{what} is longer than `max_length`"));
        }
    }
}

/// A literal that cannot be a value of the field. Other expressions are the compiler's to judge.
pub(super) fn check_literal(word: &str, value: &Expr, field: &Field, errors: &mut Errors) {
    let (Some(kind), Some(literal)) = (Kind::of(&field.ty), literal(value)) else {
        return;
    };
    if !is_written(kind, literal) {
        let ty = as_text(&field.ty).replace(' ', "");
        errors.at(value, format!("`{word}` of a `{ty}` is {}", kind.written()));
    }
}

fn is_written(kind: Kind, literal: &Lit) -> bool {
    match kind {
        Kind::Text | Kind::Secret => matches!(literal, Lit::Str(_)),
        Kind::Integer => matches!(literal, Lit::Int(_)),
        Kind::Float => matches!(literal, Lit::Float(_)),
        Kind::Bool => matches!(literal, Lit::Bool(_)),
        Kind::Date | Kind::Timestamp | Kind::List => false,
    }
}

/// The number that is written out, in order to compare it.
fn number(value: &Expr) -> Option<f64> {
    if let Some(whole) = whole(value) {
        return Some(whole as f64);
    }
    match value {
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => number(expr).map(|number| -number),
        _ => match literal(value)? {
            Lit::Float(float) => float.base10_parse().ok(),
            _ => None,
        },
    }
}

fn whole(value: &Expr) -> Option<i128> {
    match value {
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => whole(expr).map(|number| -number),
        _ => match literal(value)? {
            Lit::Int(int) => int.base10_parse().ok(),
            _ => None,
        },
    }
}

/// What an integer of this type can be.
fn range(ty: &Type) -> Option<std::ops::RangeInclusive<i128>> {
    let ty = kind::inner(ty, "Option").or(kind::inner(ty, "Vec")).unwrap_or(ty);
    Some(match crate::attr::last_segment(ty)?.ident.to_string().as_str() {
        "i8" => i8::MIN.into()..=i8::MAX.into(),
        "i16" => i16::MIN.into()..=i16::MAX.into(),
        "i32" => i32::MIN.into()..=i32::MAX.into(),
        "i64" => i64::MIN.into()..=i64::MAX.into(),
        "u8" => u8::MIN.into()..=u8::MAX.into(),
        "u16" => u16::MIN.into()..=u16::MAX.into(),
        "u32" => u32::MIN.into()..=u32::MAX.into(),
        "u64" => u64::MIN.into()..=u64::MAX.into(),
        _ => return None,
    })
}
