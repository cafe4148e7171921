//! The pages of the documentation that are made from files of the tests.

use crate::page::{assert_page, text_and_code};
use crate::{Animal, spec, stream};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::PathBuf;

#[test]
fn forms_page_is_current() {
    let head = "What a form looks like, beside the Rust that it is made of: the types of a configuration, with \
        [`#[derive(AirbyteSpec)]`](derive@crate::AirbyteSpec).\n";
    page("forms", head, &spec::all(), |json| &json["connectionSpecification"]);
}

#[test]
fn records_page_is_current() {
    let head = "What the catalog says of a stream, beside the Rust that it is made of: the types of a record, with \
        [`#[airbyte_stream(…)]`](macro@crate::airbyte_stream).\n";
    page("records", head, &stream::all(), |json| json);
}

/// Each construct as text, Rust and JSON.
fn page(name: &str, head: &str, animals: &[Animal], shown: fn(&Value) -> &Value) {
    let mut page = head.to_owned();
    for Animal { name, source, json } in animals {
        let (text, code) = text_and_code(name, source);
        let _ = write!(page, "\n#{text}\n\n");
        let _ = write!(page, "```\n# #![allow(dead_code)]\n{code}\n# fn main() {{}}\n```\n\n");
        let _ = write!(page, "```json\n{:#}\n```\n", shown(json));
    }
    assert_page(name, &page);
}

/// What the compiler says to each mistake of the gallery.
#[test]
fn mistakes_page_is_current() {
    let mut page =
        "Mistakes, and what the compiler says to them. Each message says how it is mended.\n".to_owned();
    for (folder, title) in [
        ("spec", "In a configuration"),
        ("stream", "In a record"),
        ("source", "In a fetch function"),
        ("deserialize", "In an answer that is read"),
        ("secret", "With a secret"),
        ("pagination", "In a pagination"),
    ] {
        let _ = write!(page, "\n## {title}\n");
        for case in cases(folder) {
            let code = std::fs::read_to_string(case.with_extension("rs")).unwrap_or_default();
            let message = std::fs::read_to_string(case.with_extension("stderr")).unwrap_or_default();
            assert!(!message.is_empty(), "{} has no message", case.display());
            let name = case.file_stem().unwrap_or_default().to_string_lossy().replace('_', " ");
            let (first, rest) = name.split_at(1);
            let _ = write!(page, "\n### {}{rest}\n\n", first.to_uppercase());
            let _ = write!(page, "```ignore\n{}\n```\n\n", without_frame(&code));
            let file =
                format!("tests/ui/{folder}/{}.rs", case.file_stem().unwrap_or_default().to_string_lossy());
            let _ = write!(page, "```text\n{}\n```\n", message.replace(&file, "src/main.rs").trim_end());
        }
    }
    assert_page("mistakes", &page);
}

fn cases(folder: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(format!("tests/ui/{folder}")).into_iter().flatten().flatten();
    let mut cases: Vec<PathBuf> = files.map(|file| file.path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    cases.sort();
    cases
}

/// The code without what every case has.
fn without_frame(code: &str) -> String {
    let is_frame =
        |line: &&str| line.starts_with("#![allow") || line.starts_with("use ") || *line == "fn main() {}";
    let lines: Vec<&str> = code.lines().filter(|line| !is_frame(line)).collect();
    lines.join("\n").trim().to_owned()
}
