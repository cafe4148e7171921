//! The attributes of a field that become a call of the method of the same name on the SDK's `spec::Field`. To add one, add a
//! row to the table here and the method there; rules are in `check_field.rs`.

use super::field_types::{self, innermost};
use crate::attributes::{Allowed, Attributes};
use crate::errors::Errors;
use crate::type_table::Kind;
use crate::unsupported_types;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, Ident, LitStr};

pub(in crate::spec) struct Attribute {
    pub(in crate::spec) name: &'static str,
    takes: Takes,
    pub(in crate::spec) is_for: For,
}

enum Takes {
    /// No value: `hidden`.
    Nothing,
    /// A string.
    Text,
    Expression,
}

/// The types of fields that may have the attribute.
#[derive(Clone, Copy)]
pub(in crate::spec) enum For {
    All,
    Numbers,
    Text,
    Secrets,
    Lists,
}

const fn row(name: &'static str, takes: Takes, is_for: For) -> Attribute {
    Attribute { name, takes, is_for }
}

const ATTRIBUTES: &[Attribute] = &[
    row("pattern", Takes::Text, For::Text),
    row("pattern_descriptor", Takes::Text, For::All),
    row("min", Takes::Expression, For::Numbers),
    row("max", Takes::Expression, For::Numbers),
    row("min_length", Takes::Expression, For::Text),
    row("max_length", Takes::Expression, For::Text),
    row("min_items", Takes::Expression, For::Lists),
    row("max_items", Takes::Expression, For::Lists),
    row("group", Takes::Text, For::All),
    row("hidden", Takes::Nothing, For::All),
    row("multiline", Takes::Nothing, For::Text),
    row("url", Takes::Nothing, For::Text),
    row("allow_blank", Takes::Nothing, For::Secrets),
    row("always_show", Takes::Nothing, For::All),
    row("not_secret", Takes::Nothing, For::All),
];

/// Attributes that are read separately.
const OTHERS: [&str; 4] = ["title", "description", "examples", "default"];

/// Attributes that mark a secret elsewhere. Here the type does.
const SECRET: [&str; 6] = ["secret", "airbyte_secret", "is_secret", "sensitive", "password", "masked"];

/// Attributes that are often tried, and what to write instead.
const OFTEN_TRIED: [(&str, &str); 15] = [
    ("required", "a field is required unless it is an `Option` or has a default; remove `required`"),
    ("optional", "make the type an `Option`"),
    ("nullable", "make the type an `Option`"),
    ("rename", "write `#[serde(rename = \"…\")]`"),
    ("name", "write `#[serde(rename = \"…\")]`"),
    ("skip", "write `#[serde(skip)]`"),
    ("flatten", "write `#[serde(flatten)]`"),
    ("minimum", "write `min`"),
    ("maximum", "write `max`"),
    ("regex", "write `pattern`"),
    ("placeholder", "write `examples`"),
    ("help", "write a doc comment"),
    ("order", "the form shows the fields in the order of the struct; remove `order`"),
    ("enum", "a choice is an enum with `#[derive(ConfigValue)]`; make it the type of the field"),
    ("format", "the type says the format, as `Date` and `Timestamp` do; for another one write `pattern`"),
];

/// Every attribute that a field may have.
fn names() -> Vec<&'static str> {
    OTHERS.into_iter().chain(ATTRIBUTES.iter().map(|attribute| attribute.name)).collect()
}

/// Returns the attributes of a field of this name and type.
pub(super) fn read(field: &syn::Field, name: &str, errors: &mut Errors) -> Attributes {
    let secret = if field_types::kind(innermost(&field.ty)) == Some(Kind::Secret) {
        "a `Secret` is sensitive already; remove the attribute".to_owned()
    } else {
        let inner = unsupported_types::text(innermost(&field.ty));
        let ty = unsupported_types::text(&field.ty).replace(&inner, "Secret");
        format!("the type says what is secret; write `{name}: {ty}`")
    };
    let secret = SECRET.map(|attribute| (attribute, secret.as_str()));
    let unsupported = [&secret[..], &OFTEN_TRIED].concat();
    Attributes::of_attribute(
        "airbyte",
        &field.attrs,
        Allowed { names: &names(), unsupported: &unsupported },
        errors,
    )
}

/// Returns whether one of the attributes marks the field as a secret.
pub(super) fn marks_secret(attributes: &Attributes) -> bool {
    SECRET.iter().any(|name| attributes.mention(name))
}

impl For {
    pub(in crate::spec) fn fits(self, kind: Option<Kind>) -> bool {
        match self {
            Self::All => true,
            Self::Numbers => kind.is_some_and(Kind::is_number),
            Self::Text => kind.is_some_and(Kind::is_text),
            Self::Secrets => kind == Some(Kind::Secret),
            Self::Lists => kind == Some(Kind::List),
        }
    }

    /// In a message: "`min` is for …".
    pub(in crate::spec) fn name(self) -> &'static str {
        match self {
            Self::All => "all fields",
            Self::Numbers => "numbers",
            Self::Text => "strings",
            Self::Secrets => "secrets",
            Self::Lists => "lists",
        }
    }
}

/// What the author wrote.
pub(in crate::spec) enum Value {
    Flag(Ident),
    Text(LitStr),
    Expression(Expr),
}

impl ToTokens for Value {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Flag(name) => name.to_tokens(tokens),
            Self::Text(text) => text.to_tokens(tokens),
            Self::Expression(value) => value.to_tokens(tokens),
        }
    }
}

/// The attributes of one field.
pub(in crate::spec) struct FieldAttributes {
    given: Vec<(&'static Attribute, Value)>,
    /// Also those that could not be read.
    mentioned: Vec<&'static str>,
}

impl FieldAttributes {
    pub(super) fn read(attributes: &mut Attributes, errors: &mut Errors) -> Self {
        let names = ATTRIBUTES.iter().map(|attribute| attribute.name);
        let mentioned = names.filter(|name| attributes.mention(name)).collect();
        let read = |attribute: &'static Attribute| {
            let value = match attribute.takes {
                Takes::Nothing => attributes.flag(attribute.name, errors).map(Value::Flag),
                Takes::Text => attributes.text(attribute.name, errors).map(Value::Text),
                Takes::Expression => attributes.expr(attribute.name, errors).map(Value::Expression),
            };
            value.map(|value| (attribute, value))
        };
        let given = ATTRIBUTES.iter().filter_map(read).collect();
        Self { given, mentioned }
    }

    /// In the order of the table.
    pub(in crate::spec) fn iter(&self) -> impl Iterator<Item = (&'static Attribute, &Value)> {
        self.given.iter().map(|(attribute, value)| (*attribute, value))
    }

    /// Returns whether the attribute was written, valid or not.
    pub(in crate::spec) fn mentions(&self, name: &str) -> bool {
        self.mentioned.contains(&name)
    }

    pub(in crate::spec) fn get(&self, name: &str) -> Option<&Value> {
        debug_assert!(
            ATTRIBUTES.iter().any(|attribute| attribute.name == name),
            "there is no attribute {name}"
        );
        self.iter().find(|(attribute, _)| attribute.name == name).map(|(_, value)| value)
    }

    pub(in crate::spec) fn text(&self, name: &str) -> Option<&LitStr> {
        match self.get(name)? {
            Value::Text(text) => Some(text),
            Value::Flag(_) | Value::Expression(_) => None,
        }
    }

    pub(in crate::spec) fn expression(&self, name: &str) -> Option<&Expr> {
        match self.get(name)? {
            Value::Expression(value) => Some(value),
            Value::Flag(_) | Value::Text(_) => None,
        }
    }
}
