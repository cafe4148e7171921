//! `oauth_login(…)`: how the platform logs the user in, and which fields get the results.

use super::fields::Members;
use crate::errors::{Errors, hint, unknown};
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{LitStr, Token, parenthesized};

/// The entries of `oauth_login(…)`.
const ENTRIES: &[&str] = &["predicate", "user_input", "output", "server_input", "server_output", "requests"];

/// The attributes in `requests(…)`; the first two are required.
const REQUESTS: &[&str] = &[
    "consent_url",
    "access_token_url",
    "scope",
    "client_id_key",
    "client_secret_key",
    "scope_key",
    "state_key",
    "auth_code_key",
    "redirect_uri_key",
    "token_expiry_key",
];

#[derive(Default)]
pub(in crate::spec) struct OAuthLogin {
    pub(in crate::spec) predicate: Option<(Route, LitStr)>,
    /// The entry, a name, and the field its value goes to or comes from.
    pub(in crate::spec) values: Vec<(Entry, LitStr, Option<Route>)>,
    /// The attributes of `requests(…)`, in any order.
    pub(in crate::spec) requests: Option<Vec<(Ident, LitStr)>>,
}

#[derive(Clone, Copy, PartialEq)]
pub(in crate::spec) enum Entry {
    UserInput,
    Output,
    ServerInput,
    ServerOutput,
}

impl Entry {
    pub(in crate::spec) fn method(self) -> &'static str {
        match self {
            Self::UserInput => "user_input",
            Self::Output => "output",
            Self::ServerInput => "server_input",
            Self::ServerOutput => "server_output",
        }
    }
}

/// `credentials.auth_type`: the keys that lead to a value of the configuration.
pub(in crate::spec) struct Route(pub(in crate::spec) Vec<LitStr>);

impl Parse for Route {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let keys = Punctuated::<LitStr, Token![.]>::parse_separated_nonempty_with(input, key)?;
        Ok(Self(keys.into_iter().collect()))
    }
}

/// Returns a key, with or without quotes: not every key is a name in Rust.
fn key(input: ParseStream<'_>) -> syn::Result<LitStr> {
    if input.peek(LitStr) {
        return input.parse();
    }
    let name = input.call(Ident::parse_any).map_err(|error| {
        syn::Error::new(error.span(), "expected the path of a field, such as `credentials.access_token`")
    })?;
    Ok(LitStr::new(&name.unraw().to_string(), name.span()))
}

impl OAuthLogin {
    pub(in crate::spec) fn read(at: &Ident, tokens: TokenStream, errors: &mut Errors) -> Option<Self> {
        let mut read = Self::default();
        let mut seen: Vec<String> = Vec::new();
        let mut invalid = tokens.is_empty();
        if invalid {
            errors.at(at, format!("`oauth_login` is empty{}", hint("", ENTRIES.iter().copied())));
        }
        let entries = |input: ParseStream<'_>| {
            while !input.is_empty() {
                let name = input.call(Ident::parse_any)?;
                let text = name.to_string();
                let content;
                if !input.peek(syn::token::Paren) {
                    return Err(syn::Error::new_spanned(
                        &name,
                        format!("`{text}` takes its values in parentheses: `{text}(…)`"),
                    ));
                }
                parenthesized!(content in input);
                if !ENTRIES.contains(&text.as_str()) {
                    errors.at(&name, unknown("entry", &text, ENTRIES.iter().copied()));
                    invalid = true;
                    content.parse::<TokenStream>()?;
                } else if seen.contains(&text) {
                    errors.at(&name, format!("duplicate attribute `{text}`"));
                    content.parse::<TokenStream>()?;
                } else if let Err(error) = read.read_entry(&text, &name, &content) {
                    errors.push(error);
                    invalid = true;
                    content.parse::<TokenStream>()?;
                }
                seen.push(text);
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        if let Err(error) = entries.parse2(tokens) {
            errors.push(error);
            invalid = true;
        }
        if !invalid && !read.values.iter().any(|(entry, ..)| *entry == Entry::Output) {
            errors.at(at, "`oauth_login` has no `output`: name the field that gets the token, such as `output(access_token = credentials.access_token)`");
        }
        (!invalid).then_some(read)
    }

    fn read_entry(&mut self, text: &str, name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let entry = match text {
            "predicate" => {
                let route = input.parse()?;
                input.parse::<Token![=]>().map_err(|error| {
                    syn::Error::new(error.span(), "expected the value that selects the login: `predicate(credentials.auth_type = \"oauth\")`")
                })?;
                self.predicate = Some((route, input.parse()?));
                return end(input);
            }
            "requests" => {
                self.requests = Some(read_requests(name, input)?);
                return Ok(());
            }
            "user_input" => Entry::UserInput,
            "output" => Entry::Output,
            "server_input" => Entry::ServerInput,
            _ => Entry::ServerOutput,
        };
        if input.is_empty() {
            return Err(syn::Error::new_spanned(
                name,
                format!("`{text}` is empty: remove it, or name a value"),
            ));
        }
        while !input.is_empty() {
            let value = key(input)?;
            let route = if entry == Entry::ServerInput {
                None
            } else {
                input.parse::<Token![=]>().map_err(|error| {
                    let value = value.value();
                    syn::Error::new(
                        error.span(),
                        format!("expected its path in the configuration: `{value} = credentials.{value}`"),
                    )
                })?;
                Some(input.parse()?)
            };
            self.values.push((entry, value, route));
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    }

    /// Returns whether the login fills in this field.
    pub(in crate::spec) fn fills_in(&self, key: &str) -> bool {
        self.values.iter().any(|(entry, _, route)| {
            matches!(entry, Entry::Output | Entry::ServerOutput)
                && route.as_ref().is_some_and(|route| matches!(&route.0[..], [only] if only.value() == key))
        })
    }

    /// Checks that the first key of each path is a field. `spec::faults`, which sees the whole form, checks the others.
    pub(in crate::spec) fn check(&self, members: &Members, errors: &mut Errors) {
        if members.flattens() {
            return;
        }
        let routes = self.values.iter().filter_map(|(_, _, route)| route.as_ref());
        for route in self.predicate.iter().map(|(route, _)| route).chain(routes) {
            let Some(first) = route.0.first() else { continue };
            let key = first.value();
            if !members.fields().any(|field| field.key == key) {
                let hint = hint(&key, members.fields().map(|field| field.key.as_str()));
                errors.at(first, format!("unknown field `{key}`{hint}"));
            }
        }
    }
}

/// Returns the attributes of `requests(…)`: `name = "string"`, each at most once.
fn read_requests(name: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<(Ident, LitStr)>> {
    let mut attributes: Vec<(Ident, LitStr)> = Vec::new();
    while !input.is_empty() {
        let attribute = input.call(Ident::parse_any)?;
        let text = attribute.to_string();
        if !REQUESTS.contains(&text.as_str()) {
            let message = unknown("attribute", &text, REQUESTS.iter().copied());
            return Err(syn::Error::new_spanned(&attribute, message));
        }
        if attributes.iter().any(|(other, _)| *other == attribute) {
            return Err(syn::Error::new_spanned(&attribute, format!("duplicate attribute `{text}`")));
        }
        let value = input.parse::<Token![=]>().and_then(|_| input.parse()).map_err(|error| {
            syn::Error::new(error.span(), format!("`{text}` takes a string in quotes: `{text} = \"…\"`"))
        })?;
        attributes.push((attribute, value));
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    for needed in &REQUESTS[..2] {
        if !attributes.iter().any(|(attribute, _)| attribute == needed) {
            return Err(syn::Error::new_spanned(name, format!("`{needed} = \"…\"` is missing")));
        }
    }
    Ok(attributes)
}

fn end(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() { Ok(()) } else { Err(input.error("unexpected token")) }
}
