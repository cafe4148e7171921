//! Golden files: generated files under version control that tests compare.

use serde_json::Value;
use std::io::ErrorKind;
use std::path::Path;

/// Compares JSON with a file, byte for byte. `path` is relative to the package.
///
/// If the environment variable `BLESS` is set, writes the file instead.
///
/// # Panics
///
/// If the file is missing, cannot be read, or differs. The message contains the command that writes it.
#[expect(clippy::panic, reason = "this is for tests")]
pub fn assert_golden(path: impl AsRef<Path>, value: &Value) {
    let path = path.as_ref();
    let text = format!("{value:#}\n");
    if std::env::var_os("BLESS").is_some() {
        if let Err(error) = std::fs::write(path, text) {
            panic!("cannot write {}: {error}", path.display());
        }
        return;
    }
    compare(path, &text);
}

#[expect(clippy::disallowed_methods, clippy::panic, reason = "this is for tests, and reads their files")]
fn compare(path: &Path, text: &str) {
    let package = std::env::var("CARGO_PKG_NAME").unwrap_or_else(|_| "PACKAGE".to_owned());
    let command = format!("BLESS=1 cargo test -p {package}");
    let kept = match std::fs::read_to_string(path) {
        Ok(kept) => kept,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            panic!("{} is missing\nTo create it, run: {command}", path.display())
        }
        Err(error) => {
            panic!("cannot read {}: {error}\nTo write it again, run: {command}", path.display())
        }
    };
    if kept == text {
        return;
    }
    let differs = kept.lines().zip(text.lines()).enumerate().find(|(_, (kept, new))| kept != new);
    let place = differs.map_or_else(
        || format!("it has {} lines, expected {}", kept.lines().count(), text.lines().count()),
        |(line, (kept, new))| format!("line {}:\n  found    {kept}\n  expected {new}", line + 1),
    );
    panic!("{} is out of date: {place}\nTo update it, run: {command}", path.display());
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A folder that is removed on drop.
    struct Folder(PathBuf);

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn panic_message(path: &Path) -> String {
        let panic = std::panic::catch_unwind(|| compare(path, "true\n")).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    }

    #[test]
    fn message_says_whether_the_file_is_missing_unreadable_or_out_of_date() {
        let folder = Folder(std::env::temp_dir().join(format!("airbyte-sdk-golden-{}", std::process::id())));
        std::fs::create_dir_all(&folder.0).unwrap();
        let command = "run: BLESS=1 cargo test -p airbyte-sdk";
        let missing = panic_message(&folder.0.join("spec.json"));
        assert!(
            missing.contains("spec.json is missing\nTo create it, ") && missing.ends_with(command),
            "{missing}"
        );
        let unreadable = panic_message(&folder.0);
        assert!(unreadable.contains("cannot read ") && unreadable.ends_with(command), "{unreadable}");
        let file = folder.0.join("spec.json");
        std::fs::write(&file, "false\n").unwrap();
        let outdated = panic_message(&file);
        assert!(
            outdated.contains("spec.json is out of date: line 1:") && outdated.ends_with(command),
            "{outdated}"
        );
    }
}
