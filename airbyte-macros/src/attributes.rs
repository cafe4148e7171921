//! Reads the words of an attribute: each known, each once, each with the kind of value it takes.

use crate::attribute_values::Values;
use crate::errors::{Errors, nearest, unknown};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprField, ExprLit, Lit, LitStr, Member, Meta, Token, Type, parenthesized};

/// Attributes whose parentheses hold no expressions.
const NOT_EXPRESSIONS: &[&str] = &["oauth_login"];

/// `name`, `name = value` or `name(value, …)`.
struct Argument {
    name: Ident,
    value: Value,
}

enum Value {
    None,
    One(Expr),
    Many(Vec<Expr>),
    /// In parentheses, for somebody else to read: what is in there is no expression.
    Tokens(TokenStream),
}

/// The words that are legal in one place.
#[derive(Clone, Copy)]
pub(crate) struct Legal<'a> {
    pub(crate) names: &'a [&'a str],
    /// Those that are known elsewhere, each with why it is not legal here.
    pub(crate) refused: &'a [(&'a str, &'a str)],
}

/// The words of an item or a field, taken out one by one.
pub(crate) struct Attributes {
    read: Vec<Argument>,
    /// Attributes that are misspelled or have no readable value, as they were meant. Nobody is to be told that they are
    /// missing as well.
    garbled: Vec<String>,
}

impl Attributes {
    /// Those of all `#[airbyte(…)]` attributes in a list.
    pub(crate) fn of(attributes: &[Attribute], legal: &[&str], errors: &mut Errors) -> Self {
        Self::of_attribute("airbyte", attributes, Legal { names: legal, refused: &[] }, errors)
    }

    /// Those of all attributes of another name.
    pub(crate) fn of_attribute(
        name: &str,
        attributes: &[Attribute],
        legal: Legal<'_>,
        errors: &mut Errors,
    ) -> Self {
        let mut read = Self::none();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
            match &attribute.meta {
                Meta::List(list) => read.read(list.tokens.clone(), legal, errors),
                other => errors.at(other, format!("expected attributes in parentheses: `#[{name}(…)]`")),
            }
        }
        read
    }

    /// Those of an attribute macro's arguments.
    pub(crate) fn parse(tokens: TokenStream, legal: &[&str], errors: &mut Errors) -> Self {
        let mut read = Self::none();
        read.read(tokens, Legal { names: legal, refused: &[] }, errors);
        read
    }

    fn none() -> Self {
        Self { read: Vec::new(), garbled: Vec::new() }
    }

    fn read(&mut self, tokens: TokenStream, legal: Legal<'_>, errors: &mut Errors) {
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                if let Err(error) = self.read_one(input, legal, errors) {
                    errors.push(error);
                    skip_to_comma(input)?;
                } else if !input.is_empty() && !input.peek(Token![,]) {
                    errors.push(input.error("expected `,` between two attributes"));
                    // What looks like the next word is read as one.
                    if !input.peek(Ident::peek_any) {
                        skip_to_comma(input)?;
                    }
                }
                input.parse::<Option<Token![,]>>()?;
            }
            Ok(())
        };
        if let Err(error) = parser.parse2(tokens) {
            errors.push(error);
        }
    }

    fn read_one(&mut self, input: ParseStream<'_>, legal: Legal<'_>, errors: &mut Errors) -> syn::Result<()> {
        let name = input.call(Argument::name)?;
        let text = name.unraw().to_string();
        let value = Argument::value(&text, input).inspect_err(|_| self.garbled.push(text.clone()))?;
        if let Some((_, why)) = legal.refused.iter().find(|(refused, _)| *refused == text) {
            errors.at(&name, format!("`{text}` is not supported here: {why}"));
            self.garbled.push(text);
        } else if !legal.names.contains(&text.as_str()) {
            errors.at(&name, unknown("attribute", &text, legal.names.iter().copied()));
            self.garbled.extend(nearest(&text, legal.names.iter().copied()).map(str::to_owned));
        } else if self.read.iter().any(|other| other.name == name) {
            errors.at(&name, format!("duplicate attribute `{text}`"));
        } else {
            self.read.push(Argument { name, value });
        }
        Ok(())
    }

    /// Whether the author wrote this word, right or wrong. To be asked before it is taken out.
    pub(crate) fn mention(&self, name: &str) -> bool {
        self.read.iter().any(|word| word.name == name) || self.garbled.iter().any(|word| word == name)
    }

    /// The value of `name = value`, which stays.
    pub(crate) fn peek(&self, name: &str) -> Option<&Expr> {
        match &self.read.iter().find(|argument| argument.name == name)?.value {
            Value::One(value) => Some(value),
            _ => None,
        }
    }

    /// The words that nobody has taken out.
    pub(crate) fn rest(self) -> impl Iterator<Item = Ident> {
        self.read.into_iter().map(|word| word.name)
    }

    fn take(&mut self, name: &str) -> Option<Argument> {
        let place = self.read.iter().position(|word| word.name == name)?;
        Some(self.read.swap_remove(place))
    }

    /// `word`, with no value.
    pub(crate) fn flag(&mut self, name: &str, errors: &mut Errors) -> Option<Ident> {
        let word = self.take(name)?;
        if !matches!(word.value, Value::None) {
            errors.at(&word.name, format!("`{name}` takes no value: write just `{name}`"));
        }
        Some(word.name)
    }

    /// `word = "text"`.
    pub(crate) fn text(&mut self, name: &str, errors: &mut Errors) -> Option<LitStr> {
        let expected = format!("`{name} = \"…\"` takes a string in quotes");
        match self.value(name, &expected, errors)? {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
            other => {
                errors.at(&other, expected);
                None
            }
        }
    }

    /// `name = value`, where the value is one of a list.
    pub(crate) fn one_of(
        &mut self,
        name: &str,
        values: &Values,
        errors: &mut Errors,
    ) -> Option<&'static str> {
        let value = self.expr(name, errors)?;
        values.read(&value, errors)
    }

    /// `word = value`.
    pub(crate) fn expr(&mut self, name: &str, errors: &mut Errors) -> Option<Expr> {
        self.value(name, &format!("`{name}` takes a value: `{name} = …`"), errors)
    }

    fn value(&mut self, name: &str, expected: &str, errors: &mut Errors) -> Option<Expr> {
        let word = self.take(name)?;
        match word.value {
            Value::One(value) => Some(value),
            Value::None | Value::Many(_) | Value::Tokens(_) => {
                errors.at(&word.name, expected);
                None
            }
        }
    }

    /// `word`, or `word = "text"`. With the word itself, to point at.
    pub(crate) fn flag_or_text(
        &mut self,
        name: &str,
        errors: &mut Errors,
    ) -> Option<(Ident, Option<LitStr>)> {
        let word = self.take(name)?;
        match word.value {
            Value::None => Some((word.name, None)),
            Value::One(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => Some((word.name, Some(text))),
            _ => {
                errors.at(&word.name, format!("write just `{name}`, or `{name} = \"…\"`"));
                None
            }
        }
    }

    /// `word(…)`, unread. With the word itself, to point at.
    pub(crate) fn tokens(&mut self, name: &str, errors: &mut Errors) -> Option<(Ident, TokenStream)> {
        let word = self.take(name)?;
        match word.value {
            Value::Tokens(tokens) => Some((word.name, tokens)),
            _ => {
                errors.at(&word.name, format!("`{name}` takes its parts in parentheses: `{name}(…)`"));
                None
            }
        }
    }

    /// `word(value, …)`; `word = value` is taken for a list of one. With the word itself, to point at.
    pub(crate) fn list(&mut self, name: &str, errors: &mut Errors) -> Option<(Ident, Vec<Expr>)> {
        let word = self.take(name)?;
        match word.value {
            Value::Many(values) if !values.is_empty() => Some((word.name, values)),
            Value::One(value) => Some((word.name, vec![value])),
            _ => {
                errors.at(&word.name, format!("`{name}` takes a list: `{name}(…, …)`"));
                None
            }
        }
    }
}

impl Argument {
    fn name(input: ParseStream<'_>) -> syn::Result<Ident> {
        input.call(Ident::parse_any).map_err(|error| {
            syn::Error::new(
                error.span(),
                "expected the name of an attribute, and its value if it takes one: `name = …`",
            )
        })
    }

    fn value(name: &str, input: ParseStream<'_>) -> syn::Result<Value> {
        Ok(if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::One(ungrouped(input.parse()?))
        } else if input.peek(syn::token::Paren) {
            let content;
            parenthesized!(content in input);
            if NOT_EXPRESSIONS.contains(&name) {
                return Ok(Value::Tokens(content.parse()?));
            }
            let values = Punctuated::<Expr, Token![,]>::parse_terminated(&content)?;
            Value::Many(values.into_iter().map(ungrouped).collect())
        } else {
            Value::None
        })
    }
}

/// A value that came through a macro of the author stands in an invisible group.
pub(crate) fn ungrouped(value: Expr) -> Expr {
    match value {
        Expr::Group(group) => ungrouped(*group.expr),
        other => other,
    }
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// The way to a field, given as bare words: `field`, or `field.inner`.
pub(crate) fn field_path(value: &Expr, errors: &mut Errors) -> Option<Vec<Ident>> {
    let path = bare_path(value);
    if path.is_none() {
        let quoted = matches!(value, Expr::Lit(ExprLit { lit: Lit::Str(_), .. }));
        errors.at(
            value,
            if quoted { "write the field's name without quotes" } else { "expected the name of a field" },
        );
    }
    path
}

/// The same, without a mistake if it is something else.
pub(crate) fn bare_path(value: &Expr) -> Option<Vec<Ident>> {
    match value {
        Expr::Path(path) if path.attrs.is_empty() && path.qself.is_none() => {
            path.path.get_ident().map(|name| vec![name.clone()])
        }
        Expr::Field(ExprField { base, member: Member::Named(name), .. }) => {
            let mut path = bare_path(base)?;
            path.push(name.clone());
            Some(path)
        }
        Expr::Group(group) => bare_path(&group.expr),
        _ => None,
    }
}

/// A type without parentheses, and without the invisible group of one that came through a macro of the author.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        other => other,
    }
}

/// The last name of a type's path, if it is one: `Option` of `core::option::Option<T>`.
pub(crate) fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match bare(ty) {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        _ => None,
    }
}

/// Tokens as one line of text.
pub(crate) fn as_text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}
