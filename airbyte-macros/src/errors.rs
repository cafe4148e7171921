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

/// "; did you mean `x`?", or the list of what is legal.
pub(crate) fn hint<'a>(given: &str, legal: impl IntoIterator<Item = &'a str>) -> String {
    let legal: Vec<&str> = legal.into_iter().collect();
    let list = legal.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match nearest(given, legal) {
        Some(word) => format!("; did you mean `{word}`? Legal here: {list}"),
        None => format!("; legal here: {list}"),
    }
}

/// The word that was probably meant.
pub(crate) fn nearest<'a>(given: &str, legal: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (steps, word) = legal.into_iter().map(|word| (distance(given, word), word)).min()?;
    (steps <= 1 + word.len() / 3).then_some(word)
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
    fn the_nearest_word_is_suggested() {
        assert_eq!(
            hint("titel", ["title", "hidden"]),
            "; did you mean `title`? Legal here: `title`, `hidden`"
        );
        assert_eq!(hint("colour", ["title", "hidden"]), "; legal here: `title`, `hidden`");
    }
}
