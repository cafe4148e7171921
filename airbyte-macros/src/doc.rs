//! Doc comments and names as people read them.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The doc comment as text: lines of a paragraph joined, an empty line between paragraphs.
pub(crate) fn comment(attributes: &[Attribute]) -> Option<String> {
    let mut text = String::new();
    let mut gap = false;
    for line in attributes
        .iter()
        .filter_map(line)
        .flat_map(|text| text.split('\n').map(str::to_owned).collect::<Vec<_>>())
    {
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

fn line(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(doc) if doc.path.is_ident("doc") => match &doc.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Names that are written in another way than with a first capital.
const SPELLED: &[&str] = &[
    "API", "AWS", "CSV", "DB", "GCP", "HTML", "HTTP", "HTTPS", "ID", "IP", "JSON", "JWT", "OAuth", "S3",
    "SQL", "SSH", "SSL", "SSO", "TLS", "UI", "URI", "URL", "UTC", "UUID", "XML",
];

/// A name as a title: `api_key` → "API Key", `StockTicker` → "Stock Ticker".
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
        assert_eq!(comment(&attributes).as_deref(), Some("One line, and the next.\n\nMore."));
        assert_eq!(comment(&[]), None);
    }
}
