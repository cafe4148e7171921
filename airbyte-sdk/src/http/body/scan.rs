//! Finds the elements of one array in JSON that is still arriving.
//!
//! A scanner goes through the document byte by byte. It knows only the objects on the path to the array; other values
//! are skipped as a whole, by counting brackets outside of strings. It stops where an element begins, and the caller
//! parses the element. Everything else is kept as the envelope, with `null` in place of the elements, and parsed at
//! the end, so that nothing passes for JSON which serde_json would reject.
//!
//! Nesting is a number and not recursion, so deeply nested JSON cannot overflow the stack. Elements and envelope are
//! limited to [`MAX_ITEM_SIZE`].

use super::{MAX_ITEM_SIZE, ReadError};
use crate::http::shape;
use std::sync::Arc;

pub(super) const JSON: &str = "JSON";

/// Finds the end of a value by counting brackets outside of strings. Whether the value is valid is checked when it is
/// parsed.
#[derive(Debug, Default)]
pub(super) struct Extent {
    depth: usize,
    within: Within,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Within {
    #[default]
    Nothing,
    Brackets,
    String,
    Escape,
    Literal,
}

impl Extent {
    /// Returns how many of these bytes belong to the value; `None` if all do and it may continue.
    pub(super) fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            at += 1;
            match self.within {
                Within::Escape => self.within = Within::String,
                Within::String if byte == b'"' => {
                    self.within = Within::Brackets;
                    if self.depth == 0 {
                        return Some(at);
                    }
                }
                Within::String if byte == b'\\' => self.within = Within::Escape,
                Within::String => at += plain(&bytes[at..]),
                Within::Literal if ends_literal(byte) => return Some(at - 1),
                Within::Literal => {}
                Within::Nothing | Within::Brackets => match byte {
                    b'"' => self.within = Within::String,
                    b'{' | b'[' => {
                        self.depth += 1;
                        self.within = Within::Brackets;
                    }
                    // An empty value, which the parser rejects.
                    _ if self.within == Within::Nothing && ends_literal(byte) => return Some(at - 1),
                    b'}' | b']' => {
                        self.depth -= 1;
                        if self.depth == 0 {
                            return Some(at);
                        }
                    }
                    _ if self.within == Within::Nothing => self.within = Within::Literal,
                    _ => {}
                },
            }
        }
        None
    }
}

/// Returns the number of bytes before the next quote or backslash of a string.
fn plain(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(bytes.len())
}

/// Whether a number, `true`, `false` or `null` ends before this byte.
pub(super) fn ends_literal(byte: u8) -> bool {
    matches!(byte, b',' | b'}' | b']' | b':' | b' ' | b'\t' | b'\n' | b'\r')
}

/// Scans a document for the elements of one array.
///
/// It accepts the envelope's bytes one at a time, in any number of chunks; see the [module](self).
pub(super) struct ArrayScanner {
    path: Arc<[String]>,
    /// How many objects of the path have been entered.
    open: usize,
    state: State,
    envelope: Vec<u8>,
    /// Where the last key begins in the envelope.
    key: usize,
    /// The length of the envelope when the array began.
    array: Option<usize>,
    /// The message about a value that is neither null nor what the path needs.
    mismatch: Option<String>,
}

#[derive(Debug)]
enum State {
    /// A value on the path is expected.
    Value,
    /// A key or the end of the object is expected.
    Key,
    InKey(Extent),
    Colon {
        on_path: bool,
    },
    /// A value that is not on the path is expected.
    BeforeSkipped,
    Skipped(Extent),
    /// A comma or the end of the object is expected.
    Comma,
    /// The first element or the end of the array is expected.
    Array,
    /// An element is expected.
    Element,
    /// A comma or the end of the array is expected.
    ElementComma,
    /// Only whitespace may follow.
    Over,
}

/// Why the scanner has stopped.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// More bytes are needed, or the document has ended.
    More,
    /// An element begins here. Call [`ArrayScanner::element_consumed`] after reading it.
    Element,
}

impl ArrayScanner {
    pub(super) fn new(path: Arc<[String]>) -> Self {
        Self { path, open: 0, state: State::Value, envelope: Vec::new(), key: 0, array: None, mismatch: None }
    }

    /// Scans these bytes; returns how many were used.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> Result<(usize, Step), ReadError> {
        let mut at = 0;
        loop {
            if let State::Skipped(extent) | State::InKey(extent) = &mut self.state {
                let rest = &bytes[at..];
                let found = extent.find(rest);
                let used = found.unwrap_or(rest.len());
                self.keep(&rest[..used])?;
                at += used;
                if found.is_none() {
                    return Ok((at, Step::More));
                }
                self.state = match self.state {
                    State::InKey(_) => State::Colon { on_path: self.is_on_path() },
                    _ => self.after_value(),
                };
            }
            let Some(&byte) = bytes.get(at) else { return Ok((at, Step::More)) };
            if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                at += 1;
                continue;
            }
            match (&self.state, byte) {
                (State::Array | State::ElementComma, b']') => self.state = self.after_value(),
                (State::ElementComma, b',') => self.state = State::Element,
                (State::Array | State::Element, _) => {
                    self.state = State::Element;
                    return Ok((at, Step::Element));
                }
                (State::Value, _) => {
                    if self.enter(byte)? {
                        continue;
                    }
                }
                (State::Key, b'"') => {
                    self.key = self.envelope.len();
                    self.state = State::InKey(Extent::default());
                    continue;
                }
                (State::Key | State::Comma, b'}') => {
                    self.keep(b"}")?;
                    self.open -= 1;
                    self.state = self.after_value();
                }
                (State::Comma, b',') => {
                    self.keep(b",")?;
                    self.state = State::Key;
                }
                (State::Colon { on_path }, b':') => {
                    self.state = if *on_path { State::Value } else { State::BeforeSkipped };
                    self.keep(b":")?;
                }
                (State::BeforeSkipped, _) => {
                    self.state = State::Skipped(Extent::default());
                    continue;
                }
                _ => return Err(self.unexpected(byte)),
            }
            at += 1;
        }
    }

    /// Handles the first byte of a value on the path. Returns true if the value is skipped as a whole.
    fn enter(&mut self, byte: u8) -> Result<bool, ReadError> {
        let at_array = self.open == self.path.len();
        match byte {
            b'[' if at_array && self.array.is_some() => {
                return Err(self.structure("duplicate array"));
            }
            b'[' if at_array => {
                self.keep(b"null")?;
                self.array = Some(self.envelope.len());
                self.state = State::Array;
            }
            b'{' if !at_array => {
                self.keep(b"{")?;
                self.open += 1;
                self.state = State::Key;
            }
            b'[' => return Err(self.structure("expected an object, found an array")),
            b'{' => return Err(self.structure("expected an array, found an object")),
            _ => {
                // Whether this is JSON is checked at the end.
                if byte != b'n' {
                    let kind = if at_array { "an array" } else { "an object" };
                    self.mismatch = Some(self.at_this_path(&format!("expected {kind} or null")));
                }
                self.state = State::Skipped(Extent::default());
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn after_value(&self) -> State {
        if self.open == 0 { State::Over } else { State::Comma }
    }

    /// Returns whether the key that just ended is the next one on the path.
    fn is_on_path(&self) -> bool {
        let key = &self.envelope[self.key..];
        let wanted = &self.path[self.open - 1];
        if key.contains(&b'\\') {
            return serde_json::from_slice::<String>(key).is_ok_and(|key| key == *wanted);
        }
        key.strip_prefix(b"\"").and_then(|key| key.strip_suffix(b"\"")) == Some(wanted.as_bytes())
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
        if self.envelope.len() + bytes.len() > MAX_ITEM_SIZE {
            return Err(ReadError::TooLarge { what: format!("the JSON around `{}`", self.path.join(".")) });
        }
        self.envelope.extend_from_slice(bytes);
        Ok(())
    }

    /// Continues after an element.
    #[inline]
    pub(super) fn element_consumed(&mut self) {
        self.state = State::ElementComma;
    }

    /// Checks at the end of the body that the document is complete and valid.
    pub(super) fn end(&self) -> Result<(), ReadError> {
        if matches!(self.state, State::Array | State::Element | State::ElementComma) {
            return Err(ReadError::malformed(JSON, "unexpected end within the array"));
        }
        // `IgnoredAny` does not check strings for valid UTF-8.
        let text = std::str::from_utf8(&self.envelope).map_err(|error| ReadError::malformed(JSON, error))?;
        serde_json::from_str::<serde::de::IgnoredAny>(text)
            .map_err(|error| ReadError::malformed(JSON, error))?;
        match &self.mismatch {
            Some(what) => Err(ReadError::structure(JSON, what, "")),
            None => Ok(()),
        }
    }

    /// Returns everything around the elements, when the document is complete.
    pub(super) fn envelope(&self) -> &[u8] {
        &self.envelope
    }

    /// Returns what is before the elements, closed to a valid document. Without an array that is the whole document.
    pub(super) fn preamble(&self) -> Vec<u8> {
        let Some(array) = self.array else { return self.envelope.clone() };
        let mut head = self.envelope[..array].to_vec();
        head.resize(array + self.path.len(), b'}');
        head
    }

    pub(super) fn has_met_array(&self) -> bool {
        self.array.is_some()
    }

    fn structure(&self, what: &str) -> ReadError {
        ReadError::structure(JSON, self.at_this_path(what), "")
    }

    fn at_this_path(&self, what: &str) -> String {
        format!("{what} {}", shape::location(&self.path[..self.open].join(".")))
    }

    #[cold]
    fn unexpected(&self, byte: u8) -> ReadError {
        let place = match self.state {
            State::Key => "a key or the end of an object",
            State::InKey(_) | State::Colon { .. } => "a key and its colon",
            State::Comma => "a comma or the end of an object",
            State::ElementComma => "a comma or the end of the array",
            State::Value | State::BeforeSkipped | State::Skipped(_) | State::Array | State::Element => {
                "a value"
            }
            State::Over => "the end of the document",
        };
        ReadError::malformed(JSON, format!("{:?} where {place} is expected", char::from(byte)))
    }
}
