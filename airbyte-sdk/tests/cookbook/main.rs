//! Recipes for the HTTP client, each run against a service on loopback. The page of the documentation is made from these
//! files.
//!
//! `BLESS=1 cargo test -p airbyte-sdk --features testing` renews the page.
#![cfg(feature = "testing")]
#![allow(unreachable_pub, reason = "recipes are written as an author would")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may panic, and reads its own files"
)]

#[path = "../shared/page.rs"]
mod page;
mod pages;
mod reading;
mod recipes;
mod service;
mod signing_in;
mod streaming;
mod trouble;

use crate::page::{assert_page, text_and_code};
use std::fmt::Write as _;

/// Some recipes under a headline.
struct Chapter {
    title: &'static str,
    /// File names with what is in them.
    recipes: Vec<(&'static str, &'static str)>,
}

const HEAD: &str = "\
Each recipe is a function that is given a client: a fetch function has one as `out.http()`, and `check` and the list of
parts get one as `http`. Where a recipe collects, a fetch function would emit. All of them are run by the tests, against
a service on loopback; tests of yours get a client from `airbyte_sdk::testing::http()`.

";

#[test]
fn cookbook_page_is_current() {
    let mut page = HEAD.to_owned();
    let chapters = recipes::all();
    for Chapter { title, .. } in &chapters {
        let _ = writeln!(page, "- [{title}](#{})", title.to_lowercase().replace(' ', "-"));
    }
    for Chapter { title, recipes } in chapters {
        let _ = write!(page, "\n## {title}\n");
        for (name, source) in recipes {
            let (text, code) = text_and_code(name, source);
            // What stands behind a feature is compiled where that is on.
            let (begin, end) = match name {
                "csv" => ("# #[cfg(feature = \"csv\")] mod recipe {\n", "\n# }"),
                _ => ("", ""),
            };
            let _ = write!(page, "\n##{text}\n\n```rust,no_run\n{begin}{code}{end}\n```\n");
        }
    }
    assert_page("cookbook", &page);
}

/// A file that nobody names would be one that nobody looks at.
#[test]
fn none_is_forgotten() {
    let files = std::fs::read_dir("tests/cookbook/recipes").map(Iterator::count).unwrap_or_default();
    let named: usize = recipes::all().iter().map(|chapter| chapter.recipes.len()).sum();
    assert_eq!(files, 1 + named, "a file in the folder is not in its mod.rs");
}
