//! A page of the documentation that is generated from the files of the tests.

use std::path::Path;

/// The first comment of a file, which begins with a heading, and the code after it.
pub(crate) fn text_and_code(name: &str, source: &str) -> (String, String) {
    let is_text = |line: &&str| line.starts_with("//!");
    let text: Vec<&str> = source.lines().take_while(is_text).map(|line| line[3..].trim()).collect();
    let code: Vec<&str> = source.lines().skip_while(is_text).collect();
    assert!(text.first().is_some_and(|line| line.starts_with("# ")), "{name}.rs begins with a heading");
    (text.join("\n"), code.join("\n").trim().to_owned())
}

/// Compares a page with the one that is checked in.
pub(crate) fn assert_page(name: &str, page: &str) {
    let path = Path::new("docs").join(name).with_extension("md");
    if std::env::var_os("BLESS").is_some() {
        assert!(std::fs::write(&path, page).is_ok(), "{} cannot be written", path.display());
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = kept.lines().zip(page.lines()).find(|(kept, new)| kept != new);
    assert!(
        kept == page,
        "{} is outdated: {differs:?}\nTo regenerate it, run: BLESS=1 cargo test -p airbyte-sdk --features testing",
        path.display()
    );
}
