//! Descriptions from doc comments, and titles from names.

use crate::attributes::ungrouped;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// Returns the doc comment as an expression: a string literal, or a `concat!` where only the compiler can expand a part, as in
/// `#[doc = include_str!(…)]`.
pub(crate) fn comment(attributes: &[Attribute]) -> Option<TokenStream> {
    let mut pieces: Vec<TokenStream> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    let mut is_plain = true;
    for value in attributes.iter().filter_map(value) {
        match ungrouped(value) {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                lines.extend(text.value().split('\n').map(str::to_owned));
            }
            other => {
                is_plain = false;
                pieces.extend(paragraphs(&lines).map(ToTokens::into_token_stream));
                lines.clear();
                pieces.push(other.into_token_stream());
            }
        }
    }
    pieces.extend(paragraphs(&lines).map(ToTokens::into_token_stream));
    if is_plain {
        return pieces.pop();
    }
    let gaps = pieces.iter().enumerate().map(|(at, _)| if at == 0 { "" } else { "\n\n" });
    Some(quote!(::core::concat!(#(#gaps, #pieces),*)))
}

/// Joins the lines of each paragraph, with an empty line between paragraphs.
fn paragraphs(lines: &[String]) -> Option<String> {
    let mut text = String::new();
    let mut gap = false;
    for line in lines {
        let line = line.trim();
        if line.is_empty() {
            gap = !text.is_empty();
            continue;
        }
        if !text.is_empty() {
            text.push_str(if gap { "\n\n" } else { " " });
        }
        text.push_str(line);
        gap = false;
    }
    (!text.is_empty()).then_some(text)
}

fn value(attribute: &Attribute) -> Option<Expr> {
    match &attribute.meta {
        Meta::NameValue(doc) if doc.path.is_ident("doc") => Some(doc.value.clone()),
        _ => None,
    }
}

/// Returns what is wrong with the name of a column or a key, if anything.
pub(crate) fn name_fault(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("the name is empty")
    } else if name.chars().any(char::is_control) {
        Some("the name contains a control character")
    } else if name.trim() != name {
        Some("the name begins or ends with whitespace")
    } else {
        None
    }
}

/// Words that are not written with only a first capital.
const SPELLED: &[&str] = &[
    "API", "AWS", "CSV", "DB", "GCP", "HTML", "HTTP", "HTTPS", "ID", "IP", "JSON", "JWT", "OAuth", "S3",
    "SQL", "SSH", "SSL", "SSO", "TLS", "UI", "URI", "URL", "UTC", "UUID", "XML",
];

/// Returns a name as a title: `api_key` → "API Key", `StockTicker` → "Stock Ticker".
pub(crate) fn title(name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut start = true;
    for (at, letter) in name.char_indices() {
        if letter == '_' {
            start = true;
            continue;
        }
        let after_lower = name[..at].chars().next_back().is_some_and(|before| !before.is_uppercase());
        match words.last_mut() {
            Some(word) if !(start || letter.is_uppercase() && after_lower) => word.push(letter),
            _ => words.push(letter.to_string()),
        }
        start = false;
    }
    words.iter().map(|word| spelled(word)).collect::<Vec<_>>().join(" ")
}

fn spelled(word: &str) -> String {
    if let Some(known) = SPELLED.iter().find(|known| known.eq_ignore_ascii_case(word)) {
        return (*known).to_owned();
    }
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    #[test]
    fn names_become_titles() {
        for (name, expected) in [
            ("stock_ticker", "Stock Ticker"),
            ("api_key", "API Key"),
            ("StockTickerApi", "Stock Ticker API"),
            ("client_id", "Client ID"),
            ("oauth_url", "OAuth URL"),
            ("idea", "Idea"),
            ("__odd__name_", "Odd Name"),
            ("HTTPConfig", "HTTPConfig"),
        ] {
            assert_eq!(title(name), expected, "{name}");
        }
    }

    #[test]
    fn doc_comments_become_paragraphs() {
        let attributes: Vec<Attribute> = vec![
            parse_quote!(#[doc = " One line,"]),
            parse_quote!(#[doc = " and the next."]),
            parse_quote!(#[doc = ""]),
            parse_quote!(#[doc = " More."]),
        ];
        let text = |attributes: &[Attribute]| comment(attributes).map(|text| text.to_string());
        assert_eq!(text(&attributes).as_deref(), Some(r#""One line, and the next.\n\nMore.""#));
        assert_eq!(text(&[]), None);
        let attributes: Vec<Attribute> =
            vec![parse_quote!(#[doc = " First."]), parse_quote!(#[doc = include_str!("more.md")])];
        let expected = quote!(::core::concat!("", "First.", "\n\n", include_str!("more.md")));
        assert_eq!(text(&attributes), Some(expected.to_string()));
    }
}
