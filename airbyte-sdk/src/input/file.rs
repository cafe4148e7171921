//! Reads an input file and checks it before its JSON is parsed: a wrong path, a wrong encoding and an endless file each have
//! their own error. No error contains any of the contents.

use crate::error::{Error, Result};
use serde_json::error::Category;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The argument that a file was passed as.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Role {
    Config,
    Catalog,
    State,
}

impl Role {
    /// Returns its name, which is also that of its flag.
    fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Catalog => "catalog",
            Self::State => "state",
        }
    }

    /// Returns the maximum size in MiB. A form makes a few KB of configuration; a state of 1 million partitions and a catalog of
    /// 30,000 streams take about 40 MB each. A parsed file takes up to ten times its size in memory.
    fn max_size(self) -> u64 {
        match self {
            Self::Config => 16,
            Self::Catalog | Self::State => 256,
        }
    }

    pub(super) fn describe(self, path: &Path) -> String {
        format!("the {} file {}", self.name(), path.display())
    }
}

/// The number of bytes read before checking whether the file can be JSON.
const START: u64 = 4096;

/// Reads a file and removes byte order marks.
pub(super) fn read(path: &Path, role: Role) -> Result<Vec<u8>> {
    let what = || role.describe(path);
    let metadata = fs::metadata(path).map_err(|error| cannot_open(path, role, &error))?;
    if let Some(kind) = not_a_file(&metadata) {
        return Err(Error::config(format!("{} is {kind}, not a file", what())));
    }
    let limit = role.max_size() << 20;
    let mut bytes = start_and_rest(path, limit).map_err(|error| cannot_open(path, role, &error))?;
    if bytes.len() as u64 > limit {
        return Err(Error::config(format!("{} is larger than {} MiB", what(), role.max_size())));
    }
    // Some editors add a byte order mark, and some programs add a second one.
    bytes.drain(..bytes.len() - without_marks(&bytes).len());
    if bytes.trim_ascii().is_empty() {
        return Err(Error::config(match role {
            Role::State => format!(
                "{} is empty; without a state, omit `--state` or pass a file that contains `[]`",
                what()
            ),
            _ => format!("{} is empty; expected a JSON object", what()),
        }));
    }
    if let Some(encoding) = foreign_encoding(&bytes) {
        return Err(Error::config(format!("{} is encoded as {encoding}; save it as UTF-8", what())));
    }
    if let Err(error) = std::str::from_utf8(&bytes) {
        let (line, column) = line_and_column(&bytes[..error.valid_up_to()]);
        return Err(Error::config(format!(
            "{} is not encoded as UTF-8: invalid byte at line {line} column {column}; save it as UTF-8",
            what()
        )));
    }
    Ok(bytes)
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

fn without_marks(mut bytes: &[u8]) -> &[u8] {
    while let Some(rest) = bytes.strip_prefix(BYTE_ORDER_MARK) {
        bytes = rest;
    }
    bytes
}

/// Reads at most one byte more than the limit, and only the start of a file that cannot be JSON, such as `/dev/zero`.
#[expect(clippy::disallowed_methods, reason = "this is the module that opens files")]
fn start_and_rest(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?.take(limit + 1);
    let mut bytes = Vec::new();
    file.by_ref().take(START).read_to_end(&mut bytes)?;
    let first = without_marks(&bytes).iter().find(|byte| !byte.is_ascii_whitespace());
    if first.is_none_or(|byte| b"{[\"-0123456789tfn".contains(byte)) {
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn cannot_open(path: &Path, role: Role, error: &io::Error) -> Error {
    if looks_like_contents(path) {
        let name = role.name();
        return Error::config(format!(
            "`--{name}` takes the path of a file, not its contents; write the {name} to a file and pass its path"
        ));
    }
    let what = role.describe(path);
    Error::config(match error.kind() {
        ErrorKind::NotFound => format!("{what} does not exist"),
        ErrorKind::PermissionDenied => format!(
            "{what} cannot be read: permission denied; make it readable by the user that runs the connector"
        ),
        _ => format!("{what} cannot be read: {error}"),
    })
}

/// Returns whether the path looks like JSON, YAML or an API key passed by mistake. It must not be shown: it may be a secret.
fn looks_like_contents(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.len() > 4096
        || text.contains(['{', '}', '"', '\n', '='])
        || text.contains(": ")
        || text.starts_with(['[', '\''])
        || looks_like_key(&text)
}

/// Returns whether this is a long string of letters and digits, without a folder and an extension.
fn looks_like_key(text: &str) -> bool {
    text.len() >= 16
        && !text.contains(['/', '\\', '.'])
        && text.contains(|letter: char| letter.is_ascii_digit())
        && text.contains(char::is_alphabetic)
}

/// Returns what the path refers to if it is not a readable file.
fn not_a_file(metadata: &Metadata) -> Option<&'static str> {
    if metadata.is_dir() {
        return Some("a directory");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if metadata.file_type().is_socket() {
            return Some("a socket");
        }
        if metadata.file_type().is_block_device() {
            return Some("a block device");
        }
    }
    None
}

/// Detects UTF-16 and UTF-32. JSON starts with an ASCII character, so they show in a byte order mark or in zero bytes.
fn foreign_encoding(bytes: &[u8]) -> Option<&'static str> {
    match *bytes {
        [0xFF, 0xFE, 0, 0, ..]
        | [0, 0, 0xFE, 0xFF, ..]
        | [1..=0xFF, 0, 0, 0, ..]
        | [0, 0, 0, 1..=0xFF, ..] => Some("UTF-32"),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [1..=0xFF, 0, ..] | [0, 1..=0xFF, ..] => Some("UTF-16"),
        _ => None,
    }
}

/// Returns the position after these bytes, both counted from 1.
fn line_and_column(before: &[u8]) -> (usize, usize) {
    let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
    let text = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    (line, String::from_utf8_lossy(text).chars().count() + 1)
}

/// Returns whether the invalid JSON starts a line, as a line of a log does.
fn starts_a_line(at: &[u8], line: &[u8]) -> bool {
    !at.is_empty() && at.len() == line.trim_ascii_start().len() && at[0].is_ascii_alphanumeric()
}

/// Returns the error for invalid JSON: its position, and advice for common mistakes.
pub(super) fn invalid_json(what: &str, bytes: &[u8], error: &serde_json::Error, role: Role) -> Error {
    let line = bytes.split(|&byte| byte == b'\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let at = line.get(error.column().saturating_sub(1)..).unwrap_or_default();
    let is_one_of = |literals: &[&str]| {
        let length = at.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'-').count();
        literals.iter().any(|literal| at.get(..length) == Some(literal.as_bytes()))
    };
    let advice = match (error.classify(), at) {
        (Category::Eof, _) => "; the file is truncated",
        (_, [b'\'', ..]) => "; use double quotes",
        (_, [b'/' | b'#', ..]) => "; comments are not allowed in JSON",
        _ if is_one_of(&["NaN", "Infinity", "-Infinity", "-NaN", "Inf", "-Inf"]) => {
            "; NaN and infinity are not allowed in JSON"
        }
        _ if is_one_of(&["None", "True", "False"]) => "; use `null`, `true` and `false`",
        (Category::Syntax, _) if role == Role::State && starts_a_line(at, line) => {
            "; this line is not an Airbyte message: pass only the STATE messages"
        }
        _ => "",
    };
    Error::config(format!("{what} is not valid JSON: {error}{advice}"))
}
