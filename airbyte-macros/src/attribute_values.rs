//! The attributes that take one value of a list, with one message for any other value.

use crate::errors::{Errors, hint};
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit};

/// The values of an attribute.
pub(crate) struct Values {
    attribute: &'static str,
    /// Each value with its meaning, or empty if the name is enough.
    values: &'static [(&'static str, &'static str)],
}

/// On a stream.
pub(crate) const ORDER: Values = Values {
    attribute: "order",
    values: &[
        ("ascending", "the cursor never decreases from record to record"),
        ("unordered", "records come in any order, the default"),
    ],
};

/// On a stream.
pub(crate) const ON_NULL: Values = Values {
    attribute: "on_null",
    values: &[
        ("emit", "a record whose cursor is null is emitted and does not advance the cursor"),
        ("fail", "a record whose cursor is null is an error"),
    ],
};

/// On a stream.
pub(crate) const NOT_FINITE: Values = Values {
    attribute: "not_finite",
    values: &[
        (
            "null",
            "NaN and infinity are written as null and noted in the record's `meta.changes`, the default",
        ),
        ("fail", "NaN and infinity are an error"),
    ],
};

/// On an enum of a configuration.
pub(crate) const DISPLAY_TYPE: Values =
    Values { attribute: "display_type", values: &[("dropdown", "the default"), ("radio", "")] };

/// The time units of a `rate_limit` on a source.
pub(crate) const RATE_UNIT: Values =
    Values { attribute: "rate_limit", values: &[("second", ""), ("minute", ""), ("hour", ""), ("day", "")] };

/// serde's `rename_all`, as in `rename_rules`.
pub(crate) const RENAME_ALL: Values = Values {
    attribute: "rename_all",
    values: &[
        ("lowercase", ""),
        ("UPPERCASE", ""),
        ("PascalCase", ""),
        ("camelCase", ""),
        ("snake_case", ""),
        ("SCREAMING_SNAKE_CASE", ""),
        ("kebab-case", ""),
        ("SCREAMING-KEBAB-CASE", ""),
    ],
};

impl Values {
    /// Reads a value, with or without quotes.
    pub(crate) fn read(&self, value: &Expr, errors: &mut Errors) -> Option<&'static str> {
        let given = match value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => text.value(),
            other => other.to_token_stream().to_string(),
        };
        self.find(&given, value, errors)
    }

    /// Finds the value with this name. Errors are reported at the tokens.
    pub(crate) fn find(&self, given: &str, at: &impl ToTokens, errors: &mut Errors) -> Option<&'static str> {
        let found = self.values.iter().find(|(value, _)| *value == given);
        if found.is_none() {
            let hint = hint(given, self.names());
            let message = format!("invalid value `{given}` for `{}`{hint}", self.attribute);
            let meanings = self.values.iter().filter(|(_, meaning)| !meaning.is_empty());
            let meanings: Vec<String> =
                meanings.map(|(value, meaning)| format!("\n`{value}`: {meaning}")).collect();
            errors.at(at, message + &meanings.concat());
        }
        found.map(|(value, _)| *value)
    }

    /// "`on_null = emit` (…) or `on_null = fail` (…)".
    pub(crate) fn choices(&self) -> String {
        let choice = |(value, meaning): &(&str, &str)| format!("`{} = {value}` ({meaning})", self.attribute);
        self.values.iter().map(choice).collect::<Vec<_>>().join(" or ")
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.values.iter().map(|(value, _)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rename_rules::Case;
    use syn::parse_quote;

    fn read(values: &Values, value: &Expr) -> Result<&'static str, String> {
        let mut errors = Errors::new();
        let found = values.read(value, &mut errors);
        let (error, others) = errors.split();
        assert!(others.is_empty());
        found.ok_or_else(|| error.map(|error| error.to_string()).unwrap_or_default())
    }

    #[test]
    fn value_is_read_with_or_without_quotes() {
        assert_eq!(read(&ORDER, &parse_quote!(ascending)), Ok("ascending"));
        assert_eq!(read(&ORDER, &parse_quote!("ascending")), Ok("ascending"));
    }

    #[test]
    fn unknown_value_is_rejected_with_the_list() {
        assert_eq!(
            read(&RATE_UNIT, &parse_quote!(minutes)).unwrap_err(),
            "invalid value `minutes` for `rate_limit`, did you mean `minute`? expected one of: `second`, `minute`, `hour`, `day`"
        );
        assert_eq!(
            read(&DISPLAY_TYPE, &parse_quote!(5)).unwrap_err(),
            "invalid value `5` for `display_type`, expected one of: `dropdown`, `radio`\n`dropdown`: the default"
        );
    }

    #[test]
    fn all_rename_rules_of_serde_are_known() {
        for name in RENAME_ALL.names() {
            assert!(Case::named(name).is_some(), "{name}");
        }
    }
}
