//! Where things are in JSON that is not there yet as a whole. Nothing here holds more than it must, and nothing calls
//! itself: depth is a number.

use super::{LARGEST_PIECE, Trouble};
use std::sync::Arc;

pub(super) const JSON: &str = "JSON";

/// Where a value ends, found by counting brackets outside of texts. Whether it is well written is seen when it is
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
    Text,
    Escape,
    Word,
}

impl Extent {
    /// How many of these bytes still belong to the value; `None` if all do and it may go on.
    pub(super) fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            at += 1;
            match self.within {
                Within::Escape => self.within = Within::Text,
                Within::Text if byte == b'"' => {
                    self.within = Within::Brackets;
                    if self.depth == 0 {
                        return Some(at);
                    }
                }
                Within::Text if byte == b'\\' => self.within = Within::Escape,
                Within::Text => at += plain(&bytes[at..]),
                Within::Word if ends_a_word(byte) => return Some(at - 1),
                Within::Word => {}
                Within::Nothing | Within::Brackets => match byte {
                    b'"' => self.within = Within::Text,
                    b'{' | b'[' => {
                        self.depth += 1;
                        self.within = Within::Brackets;
                    }
                    // Where a value should be, there is none.
                    _ if self.within == Within::Nothing && ends_a_word(byte) => return Some(at - 1),
                    b'}' | b']' => {
                        self.depth -= 1;
                        if self.depth == 0 {
                            return Some(at);
                        }
                    }
                    _ if self.within == Within::Nothing => self.within = Within::Word,
                    _ => {}
                },
            }
        }
        None
    }
}

/// How many bytes a text goes on without anything that matters.
fn plain(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(bytes.len())
}

fn ends_a_word(byte: u8) -> bool {
    matches!(byte, b',' | b'}' | b']' | b':' | b' ' | b'\t' | b'\n' | b'\r')
}

/// The way through a document to the elements of one array, and past them.
///
/// Everything but the elements is kept, with `null` in their place. The way knows only the objects it goes through;
/// what stands beside them is taken value by value, and parsed with the rest at the end.
pub(super) struct Way {
    path: Arc<[String]>,
    /// How many objects of the path are open.
    open: usize,
    place: Place,
    envelope: Vec<u8>,
    /// Where the last key begins in there.
    key: usize,
    /// How long the envelope was when the array began.
    array: Option<usize>,
    /// The place of a value that is neither what the path needs nor null.
    other: Option<String>,
}

#[derive(Debug)]
enum Place {
    /// A value of the path comes.
    Value,
    /// A key comes, or the end of the object.
    Key,
    InKey(Extent),
    Colon {
        on_path: bool,
    },
    /// A value comes that is no concern of ours.
    BeforeAside,
    Aside(Extent),
    /// A comma comes, or the end of the object.
    Comma,
    /// The first element comes, or the end of the array.
    Array,
    /// An element comes.
    Element,
    /// A comma comes, or the end of the array.
    ElementComma,
    /// The document is over.
    Over,
}

/// What the bytes have led to.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// More bytes are needed, if there are any.
    More,
    /// Here an element begins. Say [`Way::passed`] when it is used.
    Element,
}

impl Way {
    pub(super) fn new(path: Arc<[String]>) -> Self {
        Self { path, open: 0, place: Place::Value, envelope: Vec::new(), key: 0, array: None, other: None }
    }

    /// Goes on through these bytes; says how many were used.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> Result<(usize, Step), Trouble> {
        let mut at = 0;
        loop {
            if let Place::Aside(extent) | Place::InKey(extent) = &mut self.place {
                let rest = &bytes[at..];
                let found = extent.find(rest);
                let used = found.unwrap_or(rest.len());
                self.keep(&rest[..used])?;
                at += used;
                if found.is_none() {
                    return Ok((at, Step::More));
                }
                self.place = match self.place {
                    Place::InKey(_) => Place::Colon { on_path: self.is_on_path() },
                    _ => self.after_value(),
                };
            }
            let Some(&byte) = bytes.get(at) else { return Ok((at, Step::More)) };
            if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                at += 1;
                continue;
            }
            match (&self.place, byte) {
                (Place::Array | Place::ElementComma, b']') => self.place = self.after_value(),
                (Place::ElementComma, b',') => self.place = Place::Element,
                (Place::Array | Place::Element, _) => {
                    self.place = Place::Element;
                    return Ok((at, Step::Element));
                }
                (Place::Value, _) => {
                    if self.enter(byte)? {
                        continue;
                    }
                }
                (Place::Key, b'"') => {
                    self.key = self.envelope.len();
                    self.place = Place::InKey(Extent::default());
                    continue;
                }
                (Place::Key | Place::Comma, b'}') => {
                    self.keep(b"}")?;
                    self.open -= 1;
                    self.place = self.after_value();
                }
                (Place::Comma, b',') => {
                    self.keep(b",")?;
                    self.place = Place::Key;
                }
                (Place::Colon { on_path }, b':') => {
                    self.place = if *on_path { Place::Value } else { Place::BeforeAside };
                    self.keep(b":")?;
                }
                (Place::BeforeAside, _) => {
                    self.place = Place::Aside(Extent::default());
                    continue;
                }
                _ => return Err(self.astray(byte)),
            }
            at += 1;
        }
    }

    /// A value of the path begins with this byte. True if it is stepped over as a whole.
    fn enter(&mut self, byte: u8) -> Result<bool, Trouble> {
        let at_array = self.open == self.path.len();
        match byte {
            b'[' if at_array && self.array.is_some() => {
                return Err(self.shape("the array comes twice"));
            }
            b'[' if at_array => {
                self.keep(b"null")?;
                self.array = Some(self.envelope.len());
                self.place = Place::Array;
            }
            b'{' if !at_array => {
                self.keep(b"{")?;
                self.open += 1;
                self.place = Place::Key;
            }
            b'[' => return Err(self.shape("an array where an object is expected")),
            b'{' => return Err(self.shape("an object where an array is expected")),
            _ => {
                // A text or a number may as well be no JSON at all; the end will tell.
                if byte != b'n' {
                    self.other = Some(self.path_so_far());
                }
                self.place = Place::Aside(Extent::default());
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn after_value(&self) -> Place {
        if self.open == 0 { Place::Over } else { Place::Comma }
    }

    /// Whether the key that has just ended is the next one of the path.
    fn is_on_path(&self) -> bool {
        let key = &self.envelope[self.key..];
        let wanted = &self.path[self.open - 1];
        if key.contains(&b'\\') {
            return serde_json::from_slice::<String>(key).is_ok_and(|key| key == *wanted);
        }
        key.strip_prefix(b"\"").and_then(|key| key.strip_suffix(b"\"")) == Some(wanted.as_bytes())
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        if self.envelope.len() + bytes.len() > LARGEST_PIECE {
            return Err(Trouble::TooLarge { what: format!("what stands around `{}`", self.path.join(".")) });
        }
        self.envelope.extend_from_slice(bytes);
        Ok(())
    }

    /// The element is used up.
    #[inline]
    pub(super) fn passed(&mut self) {
        self.place = Place::ElementComma;
    }

    /// The body is over: was the document?
    pub(super) fn end(&self) -> Result<(), Trouble> {
        if matches!(self.place, Place::Array | Place::Element | Place::ElementComma) {
            return Err(Trouble::malformed(JSON, "it ends within the array"));
        }
        // serde_json steps over texts that nobody wants without looking into them.
        let text = std::str::from_utf8(&self.envelope).map_err(|error| Trouble::malformed(JSON, error))?;
        serde_json::from_str::<serde::de::IgnoredAny>(text)
            .map_err(|error| Trouble::malformed(JSON, error))?;
        match &self.other {
            Some(place) => Err(Trouble::shape(JSON, shape_at(place), "neither null nor what is expected")),
            None => Ok(()),
        }
    }

    /// All that stands around the elements, when the document is over.
    pub(super) fn envelope(&self) -> &[u8] {
        &self.envelope
    }

    /// What stands before the elements, as a document. Without an array it is all there is.
    pub(super) fn head(&self) -> Vec<u8> {
        let Some(array) = self.array else { return self.envelope.clone() };
        let mut head = self.envelope[..array].to_vec();
        head.resize(array + self.path.len(), b'}');
        head
    }

    pub(super) fn has_met_array(&self) -> bool {
        self.array.is_some()
    }

    fn path_so_far(&self) -> String {
        self.path[..self.open].join(".")
    }

    fn shape(&self, details: &str) -> Trouble {
        Trouble::shape(JSON, shape_at(&self.path_so_far()), details)
    }

    #[cold]
    fn astray(&self, byte: u8) -> Trouble {
        let place = match self.place {
            Place::Key => "a key or the end of an object",
            Place::InKey(_) | Place::Colon { .. } => "a key and its colon",
            Place::Comma => "a comma or the end of an object",
            Place::ElementComma => "a comma or the end of the array",
            Place::Value | Place::BeforeAside | Place::Aside(_) | Place::Array | Place::Element => "a value",
            Place::Over => "the end of the document",
        };
        Trouble::malformed(JSON, format!("{:?} where {place} is expected", char::from(byte)))
    }
}

fn shape_at(place: &str) -> String {
    if place.is_empty() { " at the top level".to_owned() } else { format!(" at `{place}`") }
}
