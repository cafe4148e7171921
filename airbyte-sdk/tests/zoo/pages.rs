//! The pages of the documentation that are generated from the files of the tests.

use crate::page::{assert_page, text_and_code};
use crate::{Example, spec, stream};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::PathBuf;

#[test]
fn forms_page_is_current() {
    let head = "Each type of a configuration (`#[derive(AirbyteSpec)]`, `#[derive(ConfigValue)]`) with the form it becomes in \
        the spec.\n";
    page("forms", head, &spec::all(), |json| &json["connectionSpecification"]);
}

#[test]
fn records_page_is_current() {
    let head = "Each type of a record (`#[airbyte_stream(…)]`) with the entry it becomes in the catalog.\n";
    page("records", head, &stream::all(), |json| json);
}

/// Each construct as text, Rust and JSON.
fn page(name: &str, head: &str, examples: &[Example], shown: fn(&Value) -> &Value) {
    let mut page = head.to_owned();
    for Example { name, source, json } in examples {
        let (text, code) = text_and_code(name, source);
        let _ = write!(page, "\n#{text}\n\n");
        let _ = write!(page, "```rust\n{code}\n```\n\n");
        let _ = write!(page, "```json\n{:#}\n```\n", shown(json));
    }
    assert_page(name, &page);
}

/// The folders of `tests/ui`, with the topic each is on.
const TOPICS: [(&str, &str); 7] = [
    ("spec", "Configuration"),
    ("stream", "Records"),
    ("source", "Fetch functions"),
    ("deserialize", "Types read from a response"),
    ("secret", "Secrets"),
    ("pagination", "Pagination"),
    ("windows", "Windows"),
];

/// The compiler's message for each case in `tests/ui`, with a table of contents.
#[test]
fn mistakes_page_is_current() {
    let (mut contents, mut sections, mut count) = (String::new(), String::new(), 0);
    for (folder, topic) in TOPICS {
        let _ = write!(contents, "\n- [{topic}](#{})\n", anchor(topic));
        let _ = write!(sections, "\n## {topic}\n");
        for case in cases(folder) {
            let code = std::fs::read_to_string(case.with_extension("rs")).unwrap_or_default();
            let message = std::fs::read_to_string(case.with_extension("stderr")).unwrap_or_default();
            assert!(!message.is_empty(), "{} has no message", case.display());
            let name = case.file_stem().unwrap_or_default().to_string_lossy();
            let heading = heading(&name);
            // GitHub numbers the anchors of equal headings.
            let anchor = match sections.matches(&format!("\n### {heading}\n")).count() {
                0 => anchor(&heading),
                before => format!("{}-{before}", anchor(&heading)),
            };
            let _ = writeln!(contents, "  - [{heading}](#{anchor})");
            let _ = write!(sections, "\n### {heading}\n\n```rust,ignore\n{}\n```\n\n", without_frame(&code));
            let message = message.replace(&format!("tests/ui/{folder}/{name}.rs"), "src/main.rs");
            let _ = write!(sections, "```text\n{}\n```\n", message.trim_end());
            count += 1;
        }
    }
    let head = format!(
        "# Compile errors\n\n{count} mistakes in a connector, each with the compiler's message. Search this page for the text of \
         yours. It is generated from `airbyte-sdk/tests/ui`.\n"
    );
    assert_page("mistakes", &format!("{head}{contents}{sections}"));
}

/// Names that are code in a heading, with how a file name has them.
const CODE: [(&str, &str); 24] = [
    ("airbyte", "airbyte"),
    ("airbyte_source", "airbyte_source"),
    ("airbyte_spec", "AirbyteSpec"),
    ("airbyte_stream", "airbyte_stream"),
    ("allow_blank", "allow_blank"),
    ("always_show", "always_show"),
    ("bool", "bool"),
    ("default", "default"),
    ("deserialize", "Deserialize"),
    ("display_type", "display_type"),
    ("f32", "f32"),
    ("flatten", "flatten"),
    ("group", "group"),
    ("max", "max"),
    ("min", "min"),
    ("multiline", "multiline"),
    ("older_state", "older_state"),
    ("on_null", "on_null"),
    ("pattern", "pattern"),
    ("pattern_descriptor", "pattern_descriptor"),
    ("rename_all", "rename_all"),
    ("serialize", "Serialize"),
    ("skip", "skip"),
    ("url", "url"),
];

/// Returns a file name as a heading: `allow_blank_on_a_string` → "`allow_blank` on a string".
fn heading(name: &str) -> String {
    let mut words = String::new();
    let mut rest = name;
    while !rest.is_empty() {
        let is_next = |(name, _): &&(&str, &str)| {
            rest.strip_prefix(name).is_some_and(|after| after.is_empty() || after.starts_with('_'))
        };
        let code = CODE.iter().filter(is_next).max_by_key(|(name, _)| name.len());
        let end = code.map_or_else(|| rest.find('_').unwrap_or(rest.len()), |(name, _)| name.len());
        let (word, after) = rest.split_at(end);
        let gap = if words.is_empty() { "" } else { " " };
        let _ = match code {
            Some((_, code)) => write!(words, "{gap}`{code}`"),
            None => write!(words, "{gap}{word}"),
        };
        rest = after.strip_prefix('_').unwrap_or(after);
    }
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Returns the anchor that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_')).collect()
}

#[test]
fn code_in_a_heading_is_marked() {
    assert_eq!(heading("allow_blank_on_a_string"), "`allow_blank` on a string");
    assert_eq!(heading("two_fields_with_one_key"), "Two fields with one key");
    assert_eq!(anchor("`allow_blank` on a string"), "allow_blank-on-a-string");
}

fn cases(folder: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(format!("tests/ui/{folder}")).into_iter().flatten().flatten();
    let mut cases: Vec<PathBuf> = files.map(|file| file.path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    cases.sort();
    cases
}

/// Returns the code without the lines that every case has.
fn without_frame(code: &str) -> String {
    let is_frame =
        |line: &&str| line.starts_with("#![allow") || line.starts_with("use ") || *line == "fn main() {}";
    let lines: Vec<&str> = code.lines().filter(|line| !is_frame(line)).collect();
    lines.join("\n").trim().to_owned()
}
