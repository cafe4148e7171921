//! Attributes whose value is one of a list. All of them are read here, with the same message for a value that is not in it.

use crate::errors::{Errors, hint};
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit};

/// What an attribute may be set to.
pub(crate) struct Values {
    attribute: &'static str,
    /// Each value, and what it means; nothing if the value says it.
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
        ("emit", "a record whose cursor is null is emitted and does not move the position"),
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

/// serde's `rename_all`; the names are those of `rename_rules`.
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
    /// The value, with or without quotes around it.
    pub(crate) fn read(&self, value: &Expr, errors: &mut Errors) -> Option<&'static str> {
        let given = match value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => text.value(),
            other => other.to_token_stream().to_string(),
        };
        self.find(&given, value, errors)
    }

    /// The value of this text, which stands at these tokens.
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
        let (mistake, others) = errors.split();
        assert!(others.is_empty());
        found.ok_or_else(|| mistake.map(|mistake| mistake.to_string()).unwrap_or_default())
    }

    #[test]
    fn a_value_is_read_with_or_without_quotes() {
        assert_eq!(read(&ORDER, &parse_quote!(ascending)), Ok("ascending"));
        assert_eq!(read(&ORDER, &parse_quote!("ascending")), Ok("ascending"));
    }

    #[test]
    fn another_value_is_answered_with_the_list() {
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
    fn each_rule_of_serde_for_names_is_known() {
        for name in RENAME_ALL.names() {
            assert!(Case::named(name).is_some(), "{name}");
        }
    }
}
