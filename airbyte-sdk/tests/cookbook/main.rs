//! The recipes of docs/cookbook.md, each run against a mock server. The page is generated from these files:
//! `BLESS=1 cargo test -p airbyte-sdk --features testing,csv --test cookbook`.
#![cfg(feature = "testing")]
#![allow(unreachable_pub, reason = "recipes are written as in a connector")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may panic, and reads its own files"
)]

#[path = "../shared/page.rs"]
mod page;

/// Runs the fetch function of a recipe against a mock API, and returns its records and its result.
macro_rules! read {
    ($recipe:ident, $api:expr) => {
        crate::read_by(|out| $recipe::fetch(&$recipe::Config { api_url: $api.url.clone() }, out))
    };
}

mod authentication;
mod errors;
mod pagination;
mod pagination_guards;
mod reading;
mod recipes;
mod api;
mod streams;
mod windows;

use crate::page::{assert_page, text_and_code};
use airbyte_sdk::{Emitter, Result, Stream, testing};
use serde_json::Value;
use std::fmt::Write as _;

/// Recipes under a heading.
struct Chapter {
    title: &'static str,
    /// File names and contents.
    recipes: Vec<(&'static str, &'static str)>,
}

const HEAD: &str = "\
Recipes for pagination, authentication, reading responses and incremental reads. Each is a fetch function or a `check`, with its
configuration and its record, to copy and adapt. Put `#[airbyte_source]` above the function, or above an `impl Config` block for
several streams, and it is a connector. The SDK's tests run each recipe against a mock server; [Testing][testing] shows how to
test yours. The reference is in the module [`http`].

";

/// rustdoc has other targets, in `src/guide.rs`.
const LINKS: &str = "
[testing]: testing.md
[windows]: windows.md
[`http`]: ../src/http/mod.rs
";

/// Runs a fetch function, and returns its records and its result.
fn read_by<T: Stream>(fetch: impl FnOnce(&mut Emitter<T>) -> Result<()>) -> (Vec<Value>, Result<()>) {
    let fetched = testing::fetch(fetch);
    (fetched.records, fetched.error.map_or(Ok(()), Err))
}

/// Returns the field `id` of each record.
fn ids(records: &[Value]) -> Vec<u64> {
    records.iter().map(|record| record["id"].as_u64().unwrap()).collect()
}

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
            // A doctest has no features.
            let run = if name == "csv" { "ignore" } else { "no_run" };
            let _ = write!(page, "\n##{text}\n\n```rust,{run}\n{code}\n```\n");
        }
    }
    page.push_str(LINKS);
    assert_page("cookbook", &page);
}

#[test]
fn every_recipe_file_is_on_the_page() {
    let files = std::fs::read_dir("tests/cookbook/recipes").map(Iterator::count).unwrap_or_default();
    let named: usize = recipes::all().iter().map(|chapter| chapter.recipes.len()).sum();
    assert_eq!(files, 1 + named, "a file in the folder is not in its mod.rs");
}

/// Readers paste a recipe into a fetch function, so it must compile there: its loop reads from the client of the emitter that it
/// emits to.
#[test]
fn every_recipe_is_a_fetch_function_or_a_check() {
    for (name, source) in recipes::all().into_iter().flat_map(|chapter| chapter.recipes) {
        let emits = source.contains("out: &mut Emitter<")
            && source.contains("out.http()")
            && source.contains("out.emit(");
        assert!(emits || source.contains("pub fn check("), "{name}.rs emits no records");
    }
}
