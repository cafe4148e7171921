//! Reads `concurrency = 8`, `concurrency = config.workers` or `concurrency = function`, and `one_at_a_time(orders, refunds)`.

use super::{Function, Stream};
use crate::attributes::{Attributes, as_text};
use crate::errors::Errors;
use syn::{Expr, ExprLit, Ident, Lit, Type};

/// How many partitions and streams are read at the same time.
pub(in crate::source) enum Concurrency {
    /// A number, or a field of the configuration.
    Count(Expr),
    /// A function from the configuration to the number.
    Function(Expr),
}

impl Concurrency {
    pub(super) fn read(attributes: &mut Attributes, errors: &mut Errors) -> Option<Self> {
        let count = attributes.expr("concurrency", errors)?;
        match &count {
            Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => match number.base10_parse::<u32>() {
                Ok(1..=64) => Some(Self::Count(count)),
                Ok(0) => {
                    errors.at(
                        number,
                        "nothing would be read: use 1 to read one partition and stream after the other",
                    );
                    None
                }
                _ => {
                    errors.at(number, "at most 64 partitions and streams are read at the same time");
                    None
                }
            },
            Expr::Field(field) if as_text(&field.base) == "self" => {
                let field = as_text(&field.member);
                errors.at(
                    &count,
                    format!("the configuration is called `config` here: `concurrency = config.{field}`"),
                );
                None
            }
            Expr::Field(_) | Expr::MethodCall(_) | Expr::Cast(_) => Some(Self::Count(count)),
            Expr::Path(_) => Some(Self::Function(count)),
            other => {
                errors.at(other, "expected a number, a field of the configuration or a function: `concurrency = 8` or `concurrency = config.workers`");
                None
            }
        }
    }
}

/// The names of the methods in `one_at_a_time(…)`.
pub(super) fn read_group(attributes: &mut Attributes, errors: &mut Errors) -> Option<(Ident, Vec<Expr>)> {
    attributes.list("one_at_a_time", errors)
}

/// Finds the record types of the streams in `one_at_a_time(…)`.
pub(super) fn records(
    (attribute, names): (Ident, Vec<Expr>),
    streams: &[Stream],
    invalid: &[String],
    errors: &mut Errors,
) -> Vec<Type> {
    if let [Stream { function: Function::Named(_), .. }] = streams {
        errors.at(
            &attribute,
            "this source has one stream: to read its partitions one after the other, write `concurrency = 1`",
        );
        return Vec::new();
    }
    let methods: Vec<String> = streams.iter().map(|stream| format!("`{}`", stream.function.name())).collect();
    let mut found: Vec<(String, Type)> = Vec::new();
    for name in &names {
        if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = name {
            let text = text.value();
            errors
                .at(name, format!("expected the name of a method, without quotes: `one_at_a_time({text})`"));
            continue;
        }
        let text = as_text(name);
        if found.iter().any(|(other, _)| *other == text) {
            errors.at(name, format!("`{text}` is listed twice"));
        }
        match streams.iter().find(|stream| stream.function.name() == text) {
            Some(stream) => found.push((text, stream.fetch.record.clone())),
            None if invalid.contains(&text) => {}
            None => errors.at(
                name,
                format!(
                    "`{text}` is not a method that fetches a stream; expected one of {}",
                    methods.join(", ")
                ),
            ),
        }
    }
    found.into_iter().map(|(_, record)| record).collect()
}
