//! Opens an input file and judges what it is before any JSON is parsed: a wrong path, a wrong encoding and a file without
//! an end each get an error that says so. Nothing of the contents appears in an error.

use crate::error::{Error, Result};
use serde_json::error::Category;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// What a file is given for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Role {
    Config,
    Catalog,
    State,
}

impl Role {
    /// Its name, also that of its flag.
    fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Catalog => "catalog",
            Self::State => "state",
        }
    }

    /// The largest file that is read, in MiB. A form makes a few KB of configuration. A state of 1 million partitions takes
    /// about 40 MB, and so does a catalog of 30,000 streams; a parsed file takes up to ten times its size in memory.
    fn limit(self) -> u64 {
        match self {
            Self::Config => 16,
            Self::Catalog | Self::State => 256,
        }
    }

    pub(super) fn called(self, path: &Path) -> String {
        format!("the {} file {}", self.name(), path.display())
    }
}

/// How much is read before it is decided whether the rest can be JSON at all.
const START: u64 = 4096;

/// The bytes of a file, without a byte order mark.
pub(super) fn read(path: &Path, role: Role) -> Result<Vec<u8>> {
    let what = || role.called(path);
    let metadata = fs::metadata(path).map_err(|error| cannot_open(path, role, &error))?;
    if let Some(kind) = not_a_file(&metadata) {
        return Err(Error::config(format!("{} is {kind}, not a file", what())));
    }
    let limit = role.limit() << 20;
    let mut bytes = start_and_rest(path, limit).map_err(|error| cannot_open(path, role, &error))?;
    if bytes.len() as u64 > limit {
        return Err(Error::config(format!("{} is larger than {} MiB", what(), role.limit())));
    }
    // Some editors put a byte order mark in front, and some programs another one.
    bytes.drain(..bytes.len() - without_marks(&bytes).len());
    if bytes.trim_ascii().is_empty() {
        return Err(Error::config(match role {
            Role::State => format!(
                "{} is empty; if there is no state, pass a file with `[]` or leave out `--state`",
                what()
            ),
            _ => format!("{} is not JSON: it is empty", what()),
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

/// Reads up to one byte more than the limit, and only the start of what cannot be JSON, such as `/dev/zero`.
#[expect(clippy::disallowed_methods, reason = "this is the room that opens files")]
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
    let what = role.called(path);
    Error::config(match error.kind() {
        ErrorKind::NotFound => format!("{what} does not exist"),
        ErrorKind::PermissionDenied => format!(
            "{what} cannot be read: permission denied; make it readable for the user that runs the connector"
        ),
        _ => format!("{what} cannot be read: {error}"),
    })
}

/// Whether somebody passed JSON or YAML in place of a path. It may hold a secret, so it must not be shown as a path.
fn looks_like_contents(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.len() > 4096
        || text.contains(['{', '}', '"', '\n', '='])
        || text.contains(": ")
        || text.starts_with(['[', '\''])
        || looks_like_key(&text)
}

/// Whether this is a long word of letters and digits, as keys are, in place of a path: it has no folder and no extension.
fn looks_like_key(text: &str) -> bool {
    text.len() >= 16
        && !text.contains(['/', '\\', '.'])
        && text.contains(|letter: char| letter.is_ascii_digit())
        && text.contains(char::is_alphabetic)
}

/// What is there, if nothing can be read from it.
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

/// JSON begins with an ASCII character, so zeros around the first one, or a byte order mark, tell the encoding.
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

/// Where the text after these bytes begins.
fn line_and_column(before: &[u8]) -> (usize, usize) {
    let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
    let text = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    (line, String::from_utf8_lossy(text).chars().count() + 1)
}

/// Whether what is not JSON is a line of its own, such as one of a log.
fn starts_a_line(at: &[u8], line: &[u8]) -> bool {
    !at.is_empty() && at.len() == line.trim_ascii_start().len() && at[0].is_ascii_alphanumeric()
}

/// Names the place where a text stops being JSON, and the mistake if it is one of the usual ones.
pub(super) fn not_json(what: &str, bytes: &[u8], error: &serde_json::Error, role: Role) -> Error {
    let line = bytes.split(|&byte| byte == b'\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let at = line.get(error.column().saturating_sub(1)..).unwrap_or_default();
    let is_word = |words: &[&str]| {
        let length = at.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'-').count();
        words.iter().any(|word| at.get(..length) == Some(word.as_bytes()))
    };
    let advice = match (error.classify(), at) {
        (Category::Eof, _) => "; the file ends too early",
        (_, [b'\'', ..]) => "; JSON has double quotes only",
        (_, [b'/' | b'#', ..]) => "; JSON has no comments",
        _ if is_word(&["NaN", "Infinity", "-Infinity", "-NaN", "Inf", "-Inf"]) => {
            "; JSON has no NaN and no infinity"
        }
        _ if is_word(&["None", "True", "False"]) => "; JSON writes `null`, `true` and `false`",
        (Category::Syntax, _) if role == Role::State && starts_a_line(at, line) => {
            "; this is not a message of a connector: pass the STATE messages only"
        }
        _ => "",
    };
    Error::config(format!("{what} is not JSON: {error}{advice}"))
}
