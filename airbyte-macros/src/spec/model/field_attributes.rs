//! The attributes of a field that become a call of the method of the same name on the SDK's `spec::Field`. One that needs no
//! rule of its own is a row in the table here, and the method there; rules are in `check_field.rs`.

use crate::attributes::Attributes;
use crate::errors::Errors;
use crate::type_table::Kind;
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

/// The types of fields that have the attribute.
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

/// Those that are read in another way.
const OTHERS: [&str; 4] = ["title", "description", "examples", "default"];

/// Every attribute that a field may have.
pub(in crate::spec) fn names() -> Vec<&'static str> {
    OTHERS.into_iter().chain(ATTRIBUTES.iter().map(|attribute| attribute.name)).collect()
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
            Self::Text => "text",
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
    /// Those that cannot be read as well.
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

    /// Whether the attribute is there, right or wrong.
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
