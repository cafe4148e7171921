//! The pages of the documentation that are generated from files of the tests.

use crate::page::{assert_page, text_and_code};
use crate::{Animal, spec, stream};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::PathBuf;

#[test]
fn forms_page_is_current() {
    let head = "Each type of a configuration, and the form generated from it by [`#[derive(AirbyteSpec)]`][`AirbyteSpec`].\n";
    let links = "\n[`AirbyteSpec`]: airbyte_spec.md\n[`ConfigValue`]: config_value.md\n\
        [`Secret`]: ../src/secret.rs\n[`Date`]: airbyte_spec.md\n";
    page("forms", [head, links], &spec::all(), |json| &json["connectionSpecification"]);
}

#[test]
fn records_page_is_current() {
    let head = "Each type of a record, and the catalog entry generated from it by [`#[airbyte_stream]`][`airbyte_stream`].\n";
    let links = "\n[`airbyte_stream`]: airbyte_stream.md\n";
    page("records", [head, links], &stream::all(), |json| json);
}

/// Each construct as text, Rust and JSON. rustdoc has other targets for the links, in `src/guide.rs`.
fn page(name: &str, [head, links]: [&str; 2], animals: &[Animal], shown: fn(&Value) -> &Value) {
    let mut page = head.to_owned();
    for Animal { name, source, json } in animals {
        let (text, code) = text_and_code(name, source);
        let _ = write!(page, "\n#{text}\n\n");
        let _ = write!(page, "```rust\n{code}\n```\n\n");
        let _ = write!(page, "```json\n{:#}\n```\n", shown(json));
    }
    page.push_str(links);
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
