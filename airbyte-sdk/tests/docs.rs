//! The pages of the documentation: their code is that of files which are compiled and run, and their links lead somewhere.
//!
//! `BLESS=1 cargo test -p airbyte-sdk --test docs` copies the files into docs/first_connector.md.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test, which reads the pages, may panic in its helpers too"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// The code blocks of docs/first_connector.md, in order: files of `tests/first-connector`.
const FIRST_CONNECTOR: [&str; 6] = [
    "src/bin/one_stream.rs",
    "src/main.rs",
    "tests/mock/mod.rs",
    "src/tests.rs",
    "tests/connector.rs",
    "examples/mock_api.rs",
];

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(path: impl AsRef<Path>) -> String {
    let path = workspace().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn first_connector(file: &str) -> String {
    text(format!("airbyte-sdk/tests/first-connector/{file}"))
}

/// A code block.
struct Block<'p> {
    language: &'p str,
    code: &'p str,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once("\n```") {
        let (language, after) = after.split_once('\n').unwrap();
        let Some((code, after)) = after.split_once("\n```") else {
            panic!("a code block has no end: {after}")
        };
        blocks.push(Block { language, code });
        rest = after;
    }
    blocks
}

/// Without its code, blocks and spans alike.
fn prose(page: &str) -> String {
    let mut prose = String::new();
    let mut is_code = false;
    for line in page.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    prose
}

fn is_rust(block: &Block<'_>) -> bool {
    matches!(block.language.split(',').next(), Some("" | "rust" | "no_run" | "ignore" | "compile_fail"))
}

/// Returns all pages of the repository, by their paths.
fn pages() -> Vec<String> {
    let mut pages = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(workspace().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = folder.join(entry.file_name());
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() {
                if !name.starts_with('.') && !["target", "wip", "secrets"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if name.ends_with(".md") {
                pages.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    pages.sort();
    pages
}

#[test]
fn first_connector_page_shows_the_files() {
    let path = "airbyte-sdk/docs/first_connector.md";
    let page = text(path);
    let shown: Vec<&str> =
        blocks(&page).iter().filter(|block| is_rust(block)).map(|block| block.code).collect();
    assert_eq!(shown.len(), FIRST_CONNECTOR.len());
    let mut renewed = page.clone();
    for (shown, file) in shown.into_iter().zip(FIRST_CONNECTOR) {
        let code = first_connector(file);
        if std::env::var_os("BLESS").is_some() {
            renewed = renewed.replace(shown, code.trim_end());
        } else {
            assert!(shown == code.trim_end(), "{path} is stale: {file} differs");
        }
    }
    if renewed != page {
        fs::write(workspace().join(path), renewed).unwrap();
    }
}

/// The connector on the other pages has another name.
#[test]
fn code_of_the_other_pages_is_compiled() {
    let files = FIRST_CONNECTOR.into_iter().chain(["tests/readme.rs"]).map(first_connector);
    let code = files.collect::<String>().replace("one_stream", "source-mine");
    let code: Vec<&str> = code.lines().map(str::trim).collect();
    let code = code.join("\n");
    let connector = text("connectors/source-stock-ticker-api/src/main.rs");
    for page in ["README.md", "airbyte-sdk/docs/testing.md"] {
        let text = text(page);
        for Block { code: shown, .. } in blocks(&text).iter().filter(|block| is_rust(block)) {
            let lines: Vec<&str> = shown.lines().map(str::trim).collect();
            let is_known = connector.trim_end() == *shown || code.contains(&lines.join("\n"));
            assert!(is_known, "{page}: no file has this code\n{shown}");
        }
    }
}

/// rustdoc hides them, a reader of the file sees them.
#[test]
fn no_page_has_hidden_lines() {
    for page in pages() {
        let text = text(&page);
        for block in blocks(&text).iter().filter(|block| is_rust(block)) {
            let hidden = block.code.lines().find(|line| *line == "#" || line.starts_with("# "));
            assert_eq!(hidden, None, "{page} has a line that rustdoc hides");
        }
    }
}

#[test]
fn links_lead_to_files() {
    let pages = pages();
    assert!(pages.len() > 10, "{pages:?}");
    let broken: Vec<String> = pages.iter().flat_map(|page| broken_links(page)).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

fn broken_links(page: &str) -> Vec<String> {
    let text = prose(&text(page));
    let folder = workspace().join(page).parent().unwrap().to_path_buf();
    let definitions = text.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: "));
    let definitions: Vec<(&str, &str)> = definitions.collect();
    let mut broken = Vec::new();
    let inline = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    for target in inline.chain(definitions.iter().map(|(_, target)| *target)) {
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        let file = if path.is_empty() { workspace().join(page) } else { folder.join(path) };
        let is_external = target.starts_with("https://") || target.starts_with("http://");
        if !is_external && !(file.exists() && (anchor.is_empty() || has_heading(&file, anchor))) {
            broken.push(format!("{page}: no such file or heading: {target}"));
        }
    }
    // `[label]` without a target is a link in rustdoc only.
    for (label, after) in references(&text) {
        let is_defined = definitions.iter().any(|(defined, _)| *defined == label);
        if !is_defined && !after.starts_with('(') {
            broken.push(format!("{page}: `[{label}]` has no target"));
        }
    }
    broken
}

/// Labels of links: `[label]`, `[text][label]`, `` [`item`] ``, with what follows. Code spans are not looked into.
fn references(text: &str) -> Vec<(&str, &str)> {
    let mut references = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(['[', '`']) {
        let begin = at + found;
        let rest = &text[begin + 1..];
        if text[begin..].starts_with('`') {
            at = begin + 1 + rest.find('`').map_or(rest.len(), |end| end + 1);
            continue;
        }
        // The end is outside of code spans.
        let mut is_code = false;
        let end = rest.find(|letter| {
            is_code ^= letter == '`';
            letter == ']' && !is_code
        });
        let Some(end) = end else { break };
        let (label, after) = (&rest[..end], &rest[end + 1..]);
        at = begin + end + 2;
        match after.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((label, after)) => {
                references.push((label, after));
                at += label.len() + 2;
            }
            None => references.push((label, after)),
        }
    }
    references
}

/// Returns whether a page has a heading with this anchor, as GitHub makes it.
/// A heading that is repeated has a number in its anchor: `-1` the second time.
fn has_heading(file: &Path, anchor: &str) -> bool {
    let page = fs::read_to_string(file).unwrap_or_default();
    let mut seen = std::collections::HashMap::new();
    prose(&page).lines().filter_map(|line| line.strip_prefix('#')).any(|heading| {
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept =
            heading.chars().filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
        let base = kept.collect::<String>().replace(' ', "-");
        let earlier: &mut usize = seen.entry(base.clone()).or_default();
        let own = if *earlier == 0 { base } else { format!("{base}-{earlier}") };
        *earlier += 1;
        own == anchor
    })
}
