//! Gathers all mistakes of one item, so that an author fixes them in one go.

use proc_macro2::TokenStream;
use quote::ToTokens;
use std::fmt::Display;
use syn::Item;

/// The mistakes found so far. Dropping it without asking for them is a bug of the macro.
pub(crate) struct Errors {
    found: Option<syn::Error>,
    asked: bool,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self { found: None, asked: false }
    }

    /// A mistake at these tokens.
    pub(crate) fn at(&mut self, tokens: &impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// A mistake of the whole item, said at its name.
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

    /// The first mistake, apart from the others; `None` if there are none.
    pub(crate) fn split(mut self) -> (Option<syn::Error>, Vec<syn::Error>) {
        self.asked = true;
        let mut found = self.found.take().into_iter().flatten();
        (found.next(), found.collect())
    }

    /// The mistakes as compile errors; `None` if there are none.
    pub(crate) fn finish(mut self) -> Option<TokenStream> {
        self.asked = true;
        self.found.take().map(|error| error.into_compile_error())
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        debug_assert!(self.asked || std::thread::panicking(), "mistakes were gathered and not reported");
    }
}

/// "unknown attribute `titel`, did you mean `title`? expected one of: …".
pub(crate) fn unknown<'a>(what: &str, given: &str, legal: impl IntoIterator<Item = &'a str>) -> String {
    format!("unknown {what} `{given}`{}", hint(given, legal))
}

/// ", did you mean `x`? expected one of: …", to be put behind what is wrong.
pub(crate) fn hint<'a>(given: &str, legal: impl IntoIterator<Item = &'a str>) -> String {
    let legal: Vec<&str> = legal.into_iter().collect();
    if legal.is_empty() {
        return String::new();
    }
    let list = legal.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let expected =
        if legal.len() == 1 { format!("expected {list}") } else { format!("expected one of: {list}") };
    let count = legal.len();
    match nearest(given, legal) {
        Some(name) if count == 1 => format!(", did you mean `{name}`?"),
        Some(name) => format!(", did you mean `{name}`? {expected}"),
        None => format!(", {expected}"),
    }
}

/// The name that was probably meant.
pub(crate) fn nearest<'a>(given: &str, legal: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let legal: Vec<&str> = legal.into_iter().collect();
    // Such as `asc` for `ascending`.
    let begins = |name: &&&str| name.to_lowercase().starts_with(&given.to_lowercase());
    if given.len() >= 3
        && let Some(name) = legal.iter().filter(begins).min_by_key(|name| name.len())
    {
        return Some(name);
    }
    let (steps, word) = legal.into_iter().map(|word| (distance(given, word), word)).min()?;
    // Of names that begin in another way, `descending` is not `ascending`.
    let allowed = if given.chars().next() == word.chars().next() { 1 + word.len() / 3 } else { 1 };
    (steps <= allowed).then_some(word)
}

/// How many letters must change (Levenshtein).
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
    fn the_nearest_name_is_suggested() {
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
}
