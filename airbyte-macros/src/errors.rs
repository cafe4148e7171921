//! Gathers all mistakes of one item, so that an author fixes them in one go.

use proc_macro2::TokenStream;
use quote::ToTokens;
use std::fmt::Display;

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

    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            None => self.found = Some(error),
        }
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
    let nearest = legal.iter().map(|word| (distance(given, word), word)).min();
    let list = legal.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match nearest {
        Some((steps, word)) if steps <= 1 + word.len() / 3 => {
            format!("; did you mean `{word}`? Legal here: {list}")
        }
        Some(_) => format!("; legal here: {list}"),
        None => String::new(),
    }
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
