//! Collects all errors of one item, so that an author can fix them together.

use proc_macro2::TokenStream;
use quote::ToTokens;
use std::fmt::Display;
use syn::Item;

/// The errors found so far. Dropping them unreported is a bug in the macro.
pub(crate) struct Errors {
    found: Option<syn::Error>,
    reported: bool,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self { found: None, reported: false }
    }

    /// Adds an error at these tokens.
    pub(crate) fn at(&mut self, tokens: &impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error about a whole item, at its name.
    pub(crate) fn at_item(&mut self, item: &Item, message: impl Display) {
        let name = match item {
            Item::Const(item) => item.ident.to_token_stream(),
            Item::Enum(item) => item.ident.to_token_stream(),
            Item::Fn(item) => item.sig.ident.to_token_stream(),
            Item::Impl(item) => item.self_ty.to_token_stream(),
            Item::Mod(item) => item.ident.to_token_stream(),
            Item::Static(item) => item.ident.to_token_stream(),
            Item::Struct(item) => item.ident.to_token_stream(),
            Item::Trait(item) => item.ident.to_token_stream(),
            Item::Type(item) => item.ident.to_token_stream(),
            Item::Union(item) => item.ident.to_token_stream(),
            other => other.to_token_stream(),
        };
        self.at(&name, message);
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            None => self.found = Some(error),
        }
    }

    /// Returns the first error, and the others.
    pub(crate) fn split(mut self) -> (Option<syn::Error>, Vec<syn::Error>) {
        self.reported = true;
        let mut found = self.found.take().into_iter().flatten();
        (found.next(), found.collect())
    }

    /// Returns the errors as calls of `compile_error!`; `None` if there are none.
    pub(crate) fn finish(mut self) -> Option<TokenStream> {
        self.reported = true;
        self.found.take().map(|error| error.into_compile_error())
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        debug_assert!(self.reported || std::thread::panicking(), "errors were found and not reported");
    }
}

/// "unknown attribute `titel`, did you mean `title`? expected one of: …".
pub(crate) fn unknown<'a>(what: &str, given: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    match hint(given, names) {
        none if none.is_empty() => format!("unknown {what} `{given}`, expected none here"),
        hint => format!("unknown {what} `{given}`{hint}"),
    }
}

/// ", did you mean `x`? expected one of: …", to be appended to what is wrong. Empty if no name is valid.
pub(crate) fn hint<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let list = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let count = names.len();
    let expected = match count {
        0 => return String::new(),
        1 => format!("expected {list}"),
        _ => format!("expected one of: {list}"),
    };
    match nearest(given, names) {
        Some(name) if count == 1 => format!(", did you mean `{name}`?"),
        Some(name) => format!(", did you mean `{name}`? {expected}"),
        None => format!(", {expected}"),
    }
}

/// Returns the name that was probably meant.
pub(crate) fn nearest<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let names: Vec<&str> = names.into_iter().collect();
    // An abbreviation, such as `asc` for `ascending`.
    let begins = |name: &&&str| name.to_lowercase().starts_with(&given.to_lowercase());
    if given.len() >= 3
        && let Some(name) = names.iter().filter(begins).min_by_key(|name| name.len())
    {
        return Some(name);
    }
    let (edits, name) = names.into_iter().map(|name| (distance(given, name), name)).min()?;
    // With another first letter it is rarely a typo: `descending` is not `ascending`.
    let allowed = if given.chars().next() == name.chars().next() { 1 + name.len() / 3 } else { 1 };
    (edits <= allowed).then_some(name)
}

/// Returns the number of edits between two strings (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let swapped = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = swapped.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_name_is_suggested() {
        assert_eq!(
            hint("titel", ["title", "hidden"]),
            ", did you mean `title`? expected one of: `title`, `hidden`"
        );
        assert_eq!(nearest("asc", ["unordered", "ascending"]), Some("ascending"));
        assert_eq!(nearest("descending", ["unordered", "ascending"]), None);
        assert_eq!(nearest("itle", ["title"]), Some("title"));
        assert_eq!(nearest("Snake", ["snake_case", "SCREAMING_SNAKE_CASE"]), Some("snake_case"));
        assert_eq!(hint("colour", ["title", "hidden"]), ", expected one of: `title`, `hidden`");
        assert_eq!(hint("tag", ["rename_all"]), ", expected `rename_all`");
        assert_eq!(hint("rename_al", ["rename_all"]), ", did you mean `rename_all`?");
    }

    #[test]
    fn empty_list_is_not_suggested() {
        assert_eq!(hint("tag", []), "");
        assert_eq!(unknown("attribute", "tag", []), "unknown attribute `tag`, expected none here");
    }
}
