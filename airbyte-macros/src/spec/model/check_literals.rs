//! Checks literals: whether a default or an example has the type of the field and is within its limits.

use super::check_field::literal;
use super::field_types::{innermost, kind};
use super::fields::{Default, Field};
use crate::attributes::as_text;
use crate::errors::Errors;
use crate::type_table::{Kind, Literal, is_option};
use airbyte_spec_rules::Pattern;
use syn::{Expr, ExprUnary, Lit, Type, UnOp};

/// The attributes for a minimum and a maximum.
type Pair<'a> = [(&'static str, Option<&'a Expr>); 2];

pub(in crate::spec) fn check(field: &Field, kind: Option<Kind>, errors: &mut Errors) {
    let pair = |low, high| [low, high].map(|name| (name, field.attributes.expression(name)));
    let (numbers, lengths, items): (Pair<'_>, Pair<'_>, Pair<'_>) =
        (pair("min", "max"), pair("min_length", "max_length"), pair("min_items", "max_items"));
    // `check_kinds` reports an attribute on the wrong kind of type.
    let mut right = true;
    if kind.is_some_and(Kind::is_number) {
        for (name, bound) in numbers {
            right &= bound.is_none_or(|bound| check_literal(name, bound, field, errors));
        }
        right &= check_order(numbers, errors);
    }
    if kind.is_some_and(Kind::is_text) {
        right &= check_counts(lengths, "characters", errors) && check_order(lengths, errors);
    }
    if kind == Some(Kind::List) {
        right &= check_counts(items, "items", errors) && check_order(items, errors);
    }

    if let Some(Default::Value(default)) = &field.default
        && !is_option(&field.ty)
        && kind != Some(Kind::Secret)
        && check_literal("default", default, field, errors)
        && right
    {
        check_value("the default", default, field, errors);
    }
    for example in field.examples.iter().filter(|_| kind != Some(Kind::Secret)) {
        if check_example(example, &field.ty, errors) && right {
            check_value("the example", example, field, errors);
        }
    }
}

fn check_counts(pair: Pair<'_>, what: &str, errors: &mut Errors) -> bool {
    let mut right = true;
    for (name, count) in pair {
        let Some(count) = count else { continue };
        if literal(count).is_some() && whole(count).is_none_or(|count| count < 0) {
            errors.at(count, format!("`{name}` takes a non-negative integer, the number of {what}"));
            right = false;
        }
    }
    right
}

fn check_order([(low, least), (high, most)]: Pair<'_>, errors: &mut Errors) -> bool {
    if let (Some(least), Some(most)) = (least, most)
        && let (Some(smaller), Some(larger)) = (number(least), number(most))
        && smaller > larger
    {
        errors.at(least, format!("`{low}` is greater than `{high}`"));
        return false;
    }
    true
}

/// Checks an example. An example of a list is one of its elements.
fn check_example(example: &Expr, ty: &Type, errors: &mut Errors) -> bool {
    let ty = innermost(ty);
    let (Some(kind), Some(literal)) = (kind(ty), literal(example)) else { return true };
    let (expected, written) = kind.example();
    let right = form_of(literal) == Some(expected);
    if !right {
        errors.at(example, format!("an example of a `{}` must be {written}", as_text(ty).replace(' ', "")));
    }
    right
}

/// Checks a value against the other attributes of the field.
fn check_value(what: &str, value: &Expr, field: &Field, errors: &mut Errors) {
    if let Some(number) = number(value) {
        for (name, is_least) in [("min", true), ("max", false)] {
            let bound = field.attributes.expression(name);
            let Some((bound, limit)) = bound.and_then(|bound| Some((bound, self::number(bound)?))) else {
                continue;
            };
            if if is_least { number < limit } else { number > limit } {
                let side = if is_least { "below" } else { "above" };
                errors.at(value, format!("{what} is {side} `{name} = {}`", as_text(bound).replace(' ', "")));
            }
        }
        if let (Some(Kind::Integer { least, most }), Some(whole)) = (kind(innermost(&field.ty)), whole(value))
            && !(least..=most).contains(&whole)
        {
            errors.at(value, format!("{what} is out of range for `{}`", as_text(&field.ty).replace(' ', "")));
        }
    }
    if let Some(Lit::Str(text)) = literal(value)
        && kind(&field.ty) == Some(Kind::Text)
    {
        let (text, length) = (text.value(), text.value().chars().count());
        if let Some(pattern) = field.attributes.text("pattern")
            && let Ok(pattern) = Pattern::new(&pattern.value())
            && !pattern.is_match(&text)
        {
            errors.at(value, format!("{what} does not match the `pattern`"));
        }
        let length = i128::try_from(length).unwrap_or(i128::MAX);
        if field.attributes.expression("min_length").and_then(whole).is_some_and(|least| length < least) {
            errors.at(value, format!("{what} is shorter than `min_length`"));
        }
        if field.attributes.expression("max_length").and_then(whole).is_some_and(|most| length > most) {
            errors.at(value, format!("{what} is longer than `max_length`"));
        }
    }
}

/// Returns whether a literal can be a value of the field. The compiler checks other expressions.
fn check_literal(name: &str, value: &Expr, field: &Field, errors: &mut Errors) -> bool {
    let (Some(kind), Some(literal)) = (kind(&field.ty), literal(value)) else { return true };
    let (expected, written) = kind.default();
    let right = form_of(literal) == Some(expected);
    if !right {
        let ty = as_text(&field.ty).replace(' ', "");
        errors.at(value, format!("`{name}` of a `{ty}` must be {written}"));
    }
    right
}

fn form_of(literal: &Lit) -> Option<Literal> {
    match literal {
        Lit::Str(_) => Some(Literal::Text),
        Lit::Int(_) => Some(Literal::Integer),
        Lit::Float(_) => Some(Literal::Float),
        Lit::Bool(_) => Some(Literal::Bool),
        _ => None,
    }
}

/// Returns the number that the literal stands for.
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
