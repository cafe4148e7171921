//! Files that are generated, checked in, and compared.

use serde_json::Value;
use std::path::Path;

/// Compares JSON with a file that is checked in, byte for byte; `path` is relative to the package.
///
/// With the environment variable `BLESS` set it writes the file instead.
///
/// # Panics
///
/// If the file is stale or missing. The message has the command that renews it.
#[expect(clippy::disallowed_methods, clippy::panic, reason = "this is for tests, and reads their files")]
pub fn assert_golden(path: impl AsRef<Path>, value: &Value) {
    let path = path.as_ref();
    let text = format!("{value:#}\n");
    if std::env::var_os("BLESS").is_some() {
        if let Err(error) = std::fs::write(path, text) {
            panic!("{} cannot be written: {error}", path.display());
        }
        return;
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    if kept == text {
        return;
    }
    let differs = kept.lines().zip(text.lines()).enumerate().find(|(_, (kept, new))| kept != new);
    let place = differs.map_or_else(
        || format!("it has {} lines, and should have {}", kept.lines().count(), text.lines().count()),
        |(line, (kept, new))| format!("line {}:\n  has   {kept}\n  needs {new}", line + 1),
    );
    let package = std::env::var("CARGO_PKG_NAME").unwrap_or_else(|_| "PACKAGE".to_owned());
    panic!("{} is stale: {place}\nTo renew it, run: BLESS=1 cargo test -p {package}", path.display());
}
