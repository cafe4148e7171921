//! Reads the words of an attribute: each known, each once, each with the kind of value it takes.

use crate::errors::{Errors, hint};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta, Token, parenthesized};

/// `word`, `word = value` or `word(value, …)`.
struct Word {
    name: Ident,
    value: Value,
}

enum Value {
    None,
    One(Expr),
    Many(Vec<Expr>),
}

/// The words of an item or a field, taken out one by one.
pub(crate) struct Words(Vec<Word>);

impl Words {
    /// Those of all `#[airbyte(…)]` attributes in a list.
    pub(crate) fn of(attributes: &[Attribute], legal: &[&str], errors: &mut Errors) -> Self {
        let mut words = Self(Vec::new());
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("airbyte")) {
            match &attribute.meta {
                Meta::List(list) => words.read(list.tokens.clone(), legal, errors),
                other => errors.at(other, "write the words in parentheses: `#[airbyte(…)]`"),
            }
        }
        words
    }

    /// Those of an attribute macro's arguments.
    pub(crate) fn parse(tokens: TokenStream, legal: &[&str], errors: &mut Errors) -> Self {
        let mut words = Self(Vec::new());
        words.read(tokens, legal, errors);
        words
    }

    fn read(&mut self, tokens: TokenStream, legal: &[&str], errors: &mut Errors) {
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                match input.call(Word::parse) {
                    Ok(word) => self.add(word, legal, errors),
                    Err(error) => {
                        errors.push(error);
                        skip_to_comma(input)?;
                    }
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        if let Err(error) = parser.parse2(tokens) {
            errors.push(error);
        }
    }

    fn add(&mut self, word: Word, legal: &[&str], errors: &mut Errors) {
        let name = word.name.unraw().to_string();
        if !legal.contains(&name.as_str()) {
            errors.at(&word.name, format!("unknown word `{name}`{}", hint(&name, legal.iter().copied())));
        } else if self.0.iter().any(|other| other.name == word.name) {
            errors.at(&word.name, format!("`{name}` is said twice"));
        } else {
            self.0.push(word);
        }
    }

    fn take(&mut self, name: &str) -> Option<Word> {
        let place = self.0.iter().position(|word| word.name == name)?;
        Some(self.0.swap_remove(place))
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
        let expected = format!("`{name} = \"…\"` takes a text in quotes");
        match self.value(name, &expected, errors)? {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
            other => {
                errors.at(&other, expected);
                None
            }
        }
    }

    /// `word = value`.
    pub(crate) fn expr(&mut self, name: &str, errors: &mut Errors) -> Option<Expr> {
        self.value(name, &format!("`{name}` takes a value: `{name} = …`"), errors)
    }

    fn value(&mut self, name: &str, expected: &str, errors: &mut Errors) -> Option<Expr> {
        let word = self.take(name)?;
        match word.value {
            Value::One(value) => Some(value),
            Value::None | Value::Many(_) => {
                errors.at(&word.name, expected);
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

impl Word {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any).map_err(|error| {
            syn::Error::new(
                error.span(),
                "expected a word, such as `title = \"…\"`; words are separated by commas",
            )
        })?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::One(input.parse()?)
        } else if input.peek(syn::token::Paren) {
            let content;
            parenthesized!(content in input);
            Value::Many(Punctuated::<Expr, Token![,]>::parse_terminated(&content)?.into_iter().collect())
        } else {
            Value::None
        };
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(input.error("expected `,`"));
        }
        Ok(Self { name, value })
    }
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// A field's name, given as a bare word.
pub(crate) fn field_name(value: &Expr, errors: &mut Errors) -> Option<Ident> {
    let name = match value {
        Expr::Path(path) if path.attrs.is_empty() && path.qself.is_none() => path.path.get_ident().cloned(),
        _ => None,
    };
    if name.is_none() {
        let quoted = matches!(value, Expr::Lit(ExprLit { lit: Lit::Str(_), .. }));
        errors.at(
            value,
            if quoted { "write the field's name without quotes" } else { "expected the name of a field" },
        );
    }
    name
}

/// The last name of a type's path, if it is one: `Option` of `core::option::Option<T>`.
pub(crate) fn last_segment(ty: &syn::Type) -> Option<&syn::PathSegment> {
    match ty {
        syn::Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        _ => None,
    }
}

/// Tokens as one line of text.
pub(crate) fn as_text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}
