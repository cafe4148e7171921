//! Reads the attributes in `#[airbyte(…)]`, `#[serde(…)]` and the like: each must be known, be given once, and have a value of
//! the right kind.

use crate::attribute_values::Values;
use crate::errors::{Errors, nearest, unknown};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprField, ExprLit, Lit, LitStr, Member, Meta, Token, Type, parenthesized};

/// Attributes that do not have expressions in their parentheses.
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
    /// The content of parentheses, unparsed.
    Tokens(TokenStream),
}

/// The attributes that are allowed in one place.
#[derive(Clone, Copy)]
pub(crate) struct Allowed<'a> {
    pub(crate) names: &'a [&'a str],
    /// Attributes that are not allowed here, each with the reason.
    pub(crate) unsupported: &'a [(&'a str, &'a str)],
}

/// The attributes of an item or a field. Each is taken out when it is read.
pub(crate) struct Attributes {
    read: Vec<Argument>,
    /// The names of attributes that were misspelled or had an invalid value, so that they are not reported as missing too.
    invalid: Vec<String>,
}

impl Attributes {
    /// Reads all `#[airbyte(…)]` in a list.
    pub(crate) fn of(attributes: &[Attribute], allowed: &[&str], errors: &mut Errors) -> Self {
        Self::of_attribute("airbyte", attributes, Allowed { names: allowed, unsupported: &[] }, errors)
    }

    /// Reads all `#[name(…)]` in a list.
    pub(crate) fn of_attribute(
        name: &str,
        attributes: &[Attribute],
        allowed: Allowed<'_>,
        errors: &mut Errors,
    ) -> Self {
        let mut read = Self::none();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
            match &attribute.meta {
                Meta::List(list) => read.read(list.tokens.clone(), allowed, errors),
                other => errors.at(other, format!("expected attributes in parentheses: `#[{name}(…)]`")),
            }
        }
        read
    }

    /// Reads the arguments of an attribute macro.
    pub(crate) fn parse(tokens: TokenStream, allowed: &[&str], errors: &mut Errors) -> Self {
        let mut read = Self::none();
        read.read(tokens, Allowed { names: allowed, unsupported: &[] }, errors);
        read
    }

    fn none() -> Self {
        Self { read: Vec::new(), invalid: Vec::new() }
    }

    fn read(&mut self, tokens: TokenStream, allowed: Allowed<'_>, errors: &mut Errors) {
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                if let Err(error) = self.read_one(input, allowed, errors) {
                    errors.push(error);
                    skip_to_comma(input)?;
                } else if !input.is_empty() && !input.peek(Token![,]) {
                    errors.push(input.error("expected `,` between two attributes"));
                    // A name may be the next attribute.
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

    fn read_one(
        &mut self,
        input: ParseStream<'_>,
        allowed: Allowed<'_>,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        let name = input.call(Argument::name)?;
        let text = name.unraw().to_string();
        let value = Argument::value(&text, input).inspect_err(|_| self.invalid.push(text.clone()))?;
        if let Some((_, why)) = allowed.unsupported.iter().find(|(unsupported, _)| *unsupported == text) {
            errors.at(&name, format!("`{text}` is not supported here: {why}"));
            self.invalid.push(text);
        } else if !allowed.names.contains(&text.as_str()) {
            errors.at(&name, unknown("attribute", &text, allowed.names.iter().copied()));
            self.invalid.extend(nearest(&text, allowed.names.iter().copied()).map(str::to_owned));
        } else if self.read.iter().any(|other| other.name == name) {
            errors.at(&name, format!("duplicate attribute `{text}`"));
        } else {
            self.read.push(Argument { name, value });
        }
        Ok(())
    }

    /// Returns whether the author wrote this attribute, with a valid value or not. Call it before the attribute is taken out.
    pub(crate) fn mention(&self, name: &str) -> bool {
        self.read.iter().any(|argument| argument.name == name)
            || self.invalid.iter().any(|other| other == name)
    }

    /// Returns the value of `name = value`, which stays.
    pub(crate) fn peek(&self, name: &str) -> Option<&Expr> {
        match &self.read.iter().find(|argument| argument.name == name)?.value {
            Value::One(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the names of the attributes that were not taken out.
    pub(crate) fn rest(self) -> impl Iterator<Item = Ident> {
        self.read.into_iter().map(|argument| argument.name)
    }

    fn take(&mut self, name: &str) -> Option<Argument> {
        let place = self.read.iter().position(|argument| argument.name == name)?;
        Some(self.read.swap_remove(place))
    }

    /// `name`, without a value.
    pub(crate) fn flag(&mut self, name: &str, errors: &mut Errors) -> Option<Ident> {
        let argument = self.take(name)?;
        if !matches!(argument.value, Value::None) {
            errors.at(&argument.name, format!("`{name}` takes no value: write `{name}`"));
        }
        Some(argument.name)
    }

    /// `name = "text"`.
    pub(crate) fn text(&mut self, name: &str, errors: &mut Errors) -> Option<LitStr> {
        let expected = format!("`{name}` takes a string in quotes: `{name} = \"…\"`");
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

    /// `name = value`.
    pub(crate) fn expr(&mut self, name: &str, errors: &mut Errors) -> Option<Expr> {
        self.value(name, &format!("`{name}` takes a value: `{name} = …`"), errors)
    }

    fn value(&mut self, name: &str, expected: &str, errors: &mut Errors) -> Option<Expr> {
        let argument = self.take(name)?;
        match argument.value {
            Value::One(value) => Some(value),
            Value::None | Value::Many(_) | Value::Tokens(_) => {
                errors.at(&argument.name, expected);
                None
            }
        }
    }

    /// `name`, or `name = "text"`. Also returns the name, to report errors at.
    pub(crate) fn flag_or_text(
        &mut self,
        name: &str,
        errors: &mut Errors,
    ) -> Option<(Ident, Option<LitStr>)> {
        let argument = self.take(name)?;
        match argument.value {
            Value::None => Some((argument.name, None)),
            Value::One(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => Some((argument.name, Some(text))),
            _ => {
                errors.at(
                    &argument.name,
                    format!("`{name}` takes no value or a string: write `{name}` or `{name} = \"…\"`"),
                );
                None
            }
        }
    }

    /// `name(…)`, unparsed. Also returns the name, to report errors at.
    pub(crate) fn tokens(&mut self, name: &str, errors: &mut Errors) -> Option<(Ident, TokenStream)> {
        let argument = self.take(name)?;
        match argument.value {
            Value::Tokens(tokens) => Some((argument.name, tokens)),
            _ => {
                errors.at(&argument.name, format!("`{name}` takes attributes in parentheses: `{name}(…)`"));
                None
            }
        }
    }

    /// `name(value, …)`, or `name = value` as a list of one. Also returns the name, to report errors at.
    pub(crate) fn list(&mut self, name: &str, errors: &mut Errors) -> Option<(Ident, Vec<Expr>)> {
        let argument = self.take(name)?;
        match argument.value {
            Value::Many(values) if !values.is_empty() => Some((argument.name, values)),
            Value::One(value) => Some((argument.name, vec![value])),
            _ => {
                errors.at(&argument.name, format!("`{name}` takes a list: `{name}(…, …)`"));
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

/// Removes the invisible groups around a value that came through a macro of the author.
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

/// Returns the path of a field: `field`, or `field.inner`.
pub(crate) fn field_path(value: &Expr, errors: &mut Errors) -> Option<Vec<Ident>> {
    let path = bare_path(value);
    if path.is_none() {
        let quoted = matches!(value, Expr::Lit(ExprLit { lit: Lit::Str(_), .. }));
        errors.at(
            value,
            if quoted {
                "write the name of the field without quotes"
            } else {
                "expected the name of a field"
            },
        );
    }
    path
}

/// Returns the same, without a mistake if it is something else.
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

/// Returns a type without parentheses, and without the invisible groups around one that came through a macro of the author.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        other => other,
    }
}

/// Returns the last segment of a type's path: `Option<T>` of `core::option::Option<T>`.
pub(crate) fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match bare(ty) {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        _ => None,
    }
}

/// Returns whether a type's path ends with this name.
pub(crate) fn is_named(ty: &Type, name: &str) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == name)
}

/// Returns the tokens on one line.
pub(crate) fn as_text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}
