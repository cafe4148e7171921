//! The elements of an array, one after the other, out of a document that is still coming in.

use super::input::Input;
use super::scan::{Extent, JSON, Step, Way};
use super::{Format, LARGEST_PIECE, Reader, Trouble};
use crate::http::error_response;
use crate::http::incoming::Proof;
use crate::http::pagination::{Fingerprint, Watch};
use crate::http::shape;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Deserializer, Value};
use std::sync::Arc;

/// A document with an array that is read element by element.
pub(super) struct Json {
    input: Input,
    way: Way,
    path: Arc<[String]>,
    allow_missing: bool,
    /// The number of the next element.
    index: u64,
    /// The whole document was read and found good.
    over: bool,
    /// Of the elements so far, if the document is to be known again.
    fingerprint: Option<Fingerprint>,
}

/// What is asked of a document.
#[derive(Clone)]
pub(super) struct Asked {
    /// The keys that lead to the array.
    pub(super) path: Arc<[String]>,
    /// If the document is to be known again.
    pub(super) watch: Option<Watch>,
    /// A document without the array has no elements.
    pub(super) allow_missing: bool,
}

impl Asked {
    /// The array at this path; no key at all leads to the document itself.
    pub(super) fn array(path: &str) -> Self {
        let keys = path.split('.').filter(|_| !path.is_empty());
        Self { path: keys.map(str::to_owned).collect(), watch: None, allow_missing: false }
    }
}

impl Format for Json {
    type Words = Asked;

    const PROOF: Proof = Proof::Syntax;

    fn open(reader: Reader, buffer: Vec<u8>, Asked { path, watch, allow_missing }: Asked) -> Self {
        let way = Way::new(Arc::clone(&path));
        let fingerprint = watch.map(Watch::fingerprint);
        let input = Input::new(reader, buffer);
        Self { input, way, path, allow_missing, index: 0, over: false, fingerprint }
    }

    fn ready(&mut self) -> Result<(), Trouble> {
        if self.seek()? { self.whole_element().map(drop) } else { Ok(()) }
    }
}

impl Json {
    /// The next element; `None` when the document is over, which is more than the array.
    #[inline]
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Trouble> {
        if !self.seek()? {
            return Ok(None);
        }
        let element = match self.element_at_hand() {
            Some(element) => element,
            None => self.element()?,
        };
        self.way.passed();
        self.index += 1;
        self.input.handed_out();
        Ok(Some(element))
    }

    /// Goes on to the next element; false if there is none and the document is over.
    #[inline]
    fn seek(&mut self) -> Result<bool, Trouble> {
        while !self.over {
            let (used, step) = self.way.advance(self.input.bytes())?;
            self.input.consume(used);
            if step == Step::Element {
                return Ok(true);
            }
            if !self.input.fill()? {
                self.way.end().map_err(|trouble| self.incomplete(trouble))?;
                self.over = true;
            }
        }
        Ok(false)
    }

    /// The element if it lies in the buffer as a whole, which nearly all do: its end is found by parsing it. Whatever
    /// is doubtful, an error too, is left to [`element`](Self::element): the bytes may end in the middle of a number.
    #[inline]
    fn element_at_hand<T: DeserializeOwned>(&mut self) -> Option<T> {
        let bytes = self.input.bytes();
        let mut values = Deserializer::from_slice(bytes).into_iter::<T>();
        let element = values.next()?.ok()?;
        let end = values.byte_offset();
        // A type that made do with a part of the value has stopped elsewhere.
        let closed = matches!(
            (bytes.first()?, bytes.get(end.checked_sub(1)?)?),
            (b'{', b'}') | (b'[', b']') | (b'"', b'"') | (b'-' | b'0'..=b'9' | b't' | b'f' | b'n', _)
        );
        if !closed || end >= bytes.len() || end > LARGEST_PIECE {
            return None;
        }
        self.used(end);
        Some(element)
    }

    /// The element, however it lies; or what is wrong with it.
    #[cold]
    fn element<T: DeserializeOwned>(&mut self) -> Result<T, Trouble> {
        let length = self.whole_element()?;
        let place = || format!("{}[{}]", self.path.join("."), self.index);
        let element = parse(&self.input.bytes()[..length], place)?;
        self.used(length);
        Ok(element)
    }

    /// Is done with an element of this length.
    #[inline]
    fn used(&mut self, length: usize) {
        if let Some(fingerprint) = &mut self.fingerprint {
            fingerprint.add(&self.input.bytes()[..length]);
        }
        self.input.consume(length);
    }

    /// Reads until the element at hand is there as a whole; says how long it is.
    fn whole_element(&mut self) -> Result<usize, Trouble> {
        let (mut extent, mut seen) = (Extent::default(), 0);
        loop {
            let found = extent.find(&self.input.bytes()[seen..]);
            let length = found.map_or(self.input.bytes().len(), |found| seen + found);
            if length > LARGEST_PIECE {
                let what = format!("`{}[{}]`", self.path.join("."), self.index);
                return Err(Trouble::TooLarge { what });
            }
            if found.is_some() {
                return Ok(length);
            }
            seen = length;
            if !self.input.fill()? {
                return Err(self.incomplete(Trouble::malformed(JSON, "it ends within an element")));
            }
        }
    }

    /// What is wrong with a document that has ended too early: perhaps the connection did.
    #[cold]
    fn incomplete(&self, trouble: Trouble) -> Trouble {
        match (trouble, self.input.doubt()) {
            (Trouble::Malformed { .. }, Some(error)) => Trouble::BrokenOff(error),
            (trouble, _) => trouble,
        }
    }

    /// An error if the document, which is over, has no array. Null in its place is what some services write for an
    /// empty one; but beside an error it is what they write for one that could not be read.
    #[cold]
    pub(super) fn require_array(&self) -> Result<(), Trouble> {
        if self.allow_missing || self.way.has_met_array() {
            return Ok(());
        }
        let document: Value = serde_json::from_slice(self.way.envelope()).unwrap_or_default();
        let found = self.path.iter().try_fold(&document, |value, key| value.get(key));
        if found.is_some() && !error_response::reports_error(&document) {
            return Ok(());
        }
        let said = error_response::message_of(&document).map(str::to_owned);
        Err(Trouble::NoArray { path: self.path.join("."), said })
    }

    /// What stands before the array. Reads up to the first element, if need be.
    pub(super) fn head<E: DeserializeOwned>(&mut self) -> Result<E, Trouble> {
        if !self.way.has_met_array() {
            self.seek()?;
        }
        self.input.handed_out();
        let head = self.way.head();
        parse(&head, String::new).map_err(|trouble| match trouble {
            // With status 200, many APIs report an error in place of what was asked for.
            Trouble::Shape { format, at, details } if !self.way.has_met_array() => {
                let document: Value = serde_json::from_slice(&head).unwrap_or_default();
                let said = error_response::message_of(&document);
                let said = said.map_or_else(String::new, |said| format!("; the API says: \"{said}\""));
                Trouble::Shape { format, at: at + &said, details }
            }
            trouble => trouble,
        })
    }

    /// What stands around the array. Reads all that is left.
    pub(super) fn envelope<E: DeserializeOwned>(&mut self) -> Result<E, Trouble> {
        while self.next::<IgnoredAny>()?.is_some() {}
        parse(self.way.envelope(), String::new)
    }

    /// What the document is known by, if it is to be. Reads all that is left.
    pub(super) fn fingerprint(&mut self) -> Result<Option<Fingerprint>, Trouble> {
        while self.next::<IgnoredAny>()?.is_some() {}
        let mut fingerprint = self.fingerprint.take();
        if let Some(fingerprint) = &mut fingerprint {
            fingerprint.end(self.way.envelope());
        }
        Ok(fingerprint)
    }

    pub(super) fn into_buffer(self) -> Vec<u8> {
        self.input.into_buffer()
    }
}

/// A value of the author's type. It is read once more to learn where it went wrong; only failures pay for that.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8], place: impl FnOnce() -> String) -> Result<T, Trouble> {
    serde_json::from_slice(bytes).map_err(|error| {
        if !error.is_data() {
            return Trouble::malformed(JSON, error);
        }
        Trouble::shape(JSON, shape::at(&shape::place_within::<T>(place(), bytes), &error), error)
    })
}
