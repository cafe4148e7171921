//! Reads a JSON document element by element: the scanner finds the elements, serde_json parses them.

use super::input::Input;
use super::scan::{ArrayScanner, Extent, JSON, Step, ends_literal};
use super::{Format, MAX_ITEM_SIZE, ReadError, Reader};
use crate::http::error_response;
use crate::http::incoming::Proof;
use crate::http::pagination::{Fingerprint, Watch};
use crate::http::shape;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Deserializer, Value};
use std::sync::Arc;

/// A document with one array that is read element by element.
pub(super) struct Json {
    input: Input,
    scanner: ArrayScanner,
    path: Arc<[String]>,
    allow_missing: bool,
    /// The index of the next element.
    index: u64,
    /// Whether the document was read to its end and is valid.
    over: bool,
    /// The fingerprint of the elements so far, if the page is compared with others.
    fingerprint: Option<Fingerprint>,
}

/// Which array is read, and how.
#[derive(Clone)]
pub(super) struct ArrayOptions {
    /// The keys that lead to the array.
    pub(super) path: Arc<[String]>,
    /// How to compute the fingerprint, if the page is compared with others.
    pub(super) watch: Option<Watch>,
    /// Whether a document without the array has no elements, instead of being an error.
    pub(super) allow_missing: bool,
}

impl ArrayOptions {
    /// Selects the array at this path, with dots between the keys. The empty path is the document itself.
    pub(super) fn array(path: &str) -> Self {
        let keys = path.split('.').filter(|_| !path.is_empty());
        Self { path: keys.map(str::to_owned).collect(), watch: None, allow_missing: false }
    }
}

impl Format for Json {
    type Options = ArrayOptions;

    const PROOF: Proof = Proof::Syntax;

    fn open(
        reader: Reader,
        buffer: Vec<u8>,
        ArrayOptions { path, watch, allow_missing }: ArrayOptions,
    ) -> Self {
        let scanner = ArrayScanner::new(Arc::clone(&path));
        let fingerprint = watch.map(Watch::fingerprint);
        let input = Input::new(reader, buffer);
        Self { input, scanner, path, allow_missing, index: 0, over: false, fingerprint }
    }

    fn ready(&mut self) -> Result<(), ReadError> {
        if self.seek()? { self.whole_element().map(drop) } else { Ok(()) }
    }
}

impl Json {
    /// Returns the next element; `None` at the end of the document, which is after the end of the array.
    #[inline]
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, ReadError> {
        if !self.seek()? {
            return Ok(None);
        }
        let element = match self.element_at_hand() {
            Some(element) => element,
            None => self.element()?,
        };
        self.scanner.element_consumed();
        self.index += 1;
        self.input.item_returned();
        Ok(Some(element))
    }

    /// Moves to the next element. Returns false at the end of the document.
    #[inline]
    fn seek(&mut self) -> Result<bool, ReadError> {
        while !self.over {
            let (used, step) = self.scanner.advance(self.input.bytes())?;
            self.input.consume(used);
            if step == Step::Element {
                return Ok(true);
            }
            if !self.input.fill()? {
                self.scanner.end().map_err(|error| self.incomplete(error))?;
                self.over = true;
            }
        }
        Ok(false)
    }

    /// Returns the element if all of it is in the buffer, as nearly always: its end is found by parsing it. Everything
    /// else, also an error, is left to [`element`](Self::element), because the bytes may end in the middle of a
    /// number.
    #[inline]
    fn element_at_hand<T: DeserializeOwned>(&mut self) -> Option<T> {
        let bytes = self.input.bytes();
        let mut values = Deserializer::from_slice(bytes).into_iter::<T>();
        let element = values.next()?.ok()?;
        let end = values.byte_offset();
        let next = *bytes.get(end)?;
        // A `Deserialize` that ignores an error may stop in the middle of the value.
        let closed = match (bytes.first()?, bytes.get(end.checked_sub(1)?)?) {
            (b'{', b'}') | (b'[', b']') | (b'"', b'"') => true,
            // serde_json accepts a number directly before a string or a bracket.
            (b'-' | b'0'..=b'9' | b't' | b'f' | b'n', _) => ends_literal(next),
            _ => false,
        };
        if !closed || end > MAX_ITEM_SIZE {
            return None;
        }
        self.used(end);
        Some(element)
    }

    /// Reads the element in any number of chunks.
    #[cold]
    fn element<T: DeserializeOwned>(&mut self) -> Result<T, ReadError> {
        let length = self.whole_element()?;
        let path = || format!("{}[{}]", self.path.join("."), self.index);
        let element = parse(&self.input.bytes()[..length], path)?;
        self.used(length);
        Ok(element)
    }

    /// Consumes an element of this length.
    #[inline]
    fn used(&mut self, length: usize) {
        if let Some(fingerprint) = &mut self.fingerprint {
            fingerprint.add(&self.input.bytes()[..length]);
        }
        self.input.consume(length);
    }

    /// Reads until the whole element is in the buffer. Returns its length.
    fn whole_element(&mut self) -> Result<usize, ReadError> {
        let (mut extent, mut seen) = (Extent::default(), 0);
        loop {
            let found = extent.find(&self.input.bytes()[seen..]);
            let length = found.map_or(self.input.bytes().len(), |found| seen + found);
            if length > MAX_ITEM_SIZE {
                let what = format!("`{}[{}]`", self.path.join("."), self.index);
                return Err(ReadError::TooLarge { what });
            }
            if found.is_some() {
                return Ok(length);
            }
            seen = length;
            if !self.input.fill()? {
                return Err(self.incomplete(ReadError::malformed(JSON, "unexpected end within an element")));
            }
        }
    }

    /// Returns the error of a document that has ended too early, perhaps because the connection did.
    #[cold]
    fn incomplete(&self, error: ReadError) -> ReadError {
        match (error, self.input.truncation()) {
            (ReadError::Malformed { .. }, Some(cut)) => ReadError::Io(cut),
            (error, _) => error,
        }
    }

    /// Returns an error if the document, which has ended, has no array. Null counts as an empty array, as some APIs
    /// send it, unless the document also reports an error.
    #[cold]
    pub(super) fn require_array(&self) -> Result<(), ReadError> {
        if self.allow_missing || self.scanner.has_met_array() {
            return Ok(());
        }
        let document: Value = serde_json::from_slice(self.scanner.envelope()).unwrap_or_default();
        let found = self.path.iter().try_fold(&document, |value, key| value.get(key));
        if found.is_some() && !error_response::reports_error(&document) {
            return Ok(());
        }
        let api_message = error_response::message_of(&document).map(str::to_owned);
        Err(ReadError::NoArray { path: self.path.join("."), api_message })
    }

    /// Returns what is before the array. Reads up to the first element if necessary.
    pub(super) fn preamble<E: DeserializeOwned>(&mut self) -> Result<E, ReadError> {
        if !self.scanner.has_met_array() {
            self.seek()?;
        }
        self.input.item_returned();
        let head = self.scanner.preamble();
        parse(&head, String::new).map_err(|error| match error {
            // Many APIs report an error with status 200.
            ReadError::Structure { format, what, details } if !self.scanner.has_met_array() => {
                let document: Value = serde_json::from_slice(&head).unwrap_or_default();
                let api_message = error_response::message_of(&document);
                let api_message = api_message
                    .map_or_else(String::new, |api_message| format!("; the API says: \"{api_message}\""));
                ReadError::Structure { format, what: what + &api_message, details }
            }
            error => error,
        })
    }

    /// Returns what is around the array. Reads the rest of the document.
    pub(super) fn envelope<E: DeserializeOwned>(&mut self) -> Result<E, ReadError> {
        while self.next::<IgnoredAny>()?.is_some() {}
        parse(self.scanner.envelope(), String::new)
    }

    /// Returns the fingerprint of the page, if it is compared with others. Reads the rest of the document.
    pub(super) fn fingerprint(&mut self) -> Result<Option<Fingerprint>, ReadError> {
        while self.next::<IgnoredAny>()?.is_some() {}
        let mut fingerprint = self.fingerprint.take();
        if let Some(fingerprint) = &mut fingerprint {
            fingerprint.end(self.scanner.envelope());
        }
        Ok(fingerprint)
    }

    pub(super) fn into_buffer(self) -> Vec<u8> {
        self.input.into_buffer()
    }
}

/// Parses a value of the author's type. On failure it is parsed again to find the path of the error.
pub(super) fn parse<T: DeserializeOwned>(
    bytes: &[u8],
    path: impl FnOnce() -> String,
) -> Result<T, ReadError> {
    serde_json::from_slice(bytes).map_err(|error| {
        if !error.is_data() {
            return ReadError::malformed(JSON, error);
        }
        ReadError::structure(JSON, shape::describe(&shape::path_of_error::<T>(path(), bytes), &error), error)
    })
}
