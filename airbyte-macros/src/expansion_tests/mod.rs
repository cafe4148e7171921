//! Golden files in `tests/expand` with the code that the macros write.

mod deserialize;
mod source;
mod spec;
mod stream;

use proc_macro2::TokenStream;
use std::fs;
use std::path::Path;

/// Compares an expansion with its file. With `BLESS` set in the environment the file is written instead.
#[expect(clippy::disallowed_methods, reason = "a test reads its own files")]
fn check(name: &str, expansion: TokenStream) {
    let file = match syn::parse2(expansion.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => panic!("{name}: the macro wrote invalid code: {error}\n{expansion}"),
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand").join(name).with_extension("rs");
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, file).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if let Some(difference) = difference(&expected, &file) {
        panic!(
            "tests/expand/{name}.rs differs from what the macro writes\n\n{difference}\n\
             If the new code is right, run `BLESS=1 cargo test -p airbyte-macros` and read the difference."
        );
    }
}

/// Returns the lines that differ, old and new, with the number of the first.
fn difference(expected: &str, actual: &str) -> Option<String> {
    if expected == actual {
        return None;
    }
    let (old, new): (Vec<_>, Vec<_>) = (expected.lines().collect(), actual.lines().collect());
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let same_end = old[same..].iter().rev().zip(new[same..].iter().rev()).take_while(|(a, b)| a == b).count();
    let mut text = format!("from line {}:\n", same + 1);
    for line in &old[same..old.len() - same_end] {
        text.push_str(&format!("- {line}\n"));
    }
    for line in &new[same..new.len() - same_end] {
        text.push_str(&format!("+ {line}\n"));
    }
    Some(text)
}

#[test]
fn difference_names_the_first_line() {
    assert_eq!(difference("a\nb\n", "a\nb\n"), None);
    assert_eq!(difference("a\nb\nd\n", "a\nc\nd\n").as_deref(), Some("from line 2:\n- b\n+ c\n"));
    assert_eq!(difference("", "a\n").as_deref(), Some("from line 1:\n+ a\n"));
}
