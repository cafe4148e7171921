//! Encodings without escapes: base64, hex, lists of bytes and of characters (`lists`).
//!
//! Nothing marks where they begin, and they may be wrapped or separated. So all digits of an encoding are collected from
//! the text and decoded from each possible alignment. The parts of the result that are not text are dropped.

use super::charsets::windows_1252;
use super::lists;
use super::reading::{Text, Unit, is_break};

/// Decodes encodings without escapes.
pub(super) struct Decoder<'f> {
    /// The minimum length of a decoded text.
    pub(super) shortest: usize,
    /// Whether bytes that are not UTF-8 are read as windows-1252.
    pub(super) latin: bool,
    /// Receives each decoded text, and whether it was UTF-8.
    pub(super) found: &'f mut dyn FnMut(Vec<Unit>, bool),
}

impl Decoder<'_> {
    /// Passes everything that decodes to text to `found`.
    pub(super) fn decode(&mut self, text: &Text) {
        // A decoded text is shorter than its encoding.
        if text.units.len() <= self.shortest {
            return;
        }
        self.all(&text.units);
    }

    fn all(&mut self, units: &[Unit]) {
        self.base64(units);
        self.hex(units);
        self.numbers(units);
        // A line break may be between two numbers, or in the middle of one that was wrapped.
        if units.iter().any(|unit| is_break(unit.c)) {
            let joined: Vec<Unit> = units.iter().filter(|unit| !is_break(unit.c)).cloned().collect();
            self.numbers(&joined);
        }
        if let Some(values) = lists::without_indexes(units) {
            self.numbers(&values);
        }
        lists::read(units, &mut |characters| {
            if characters.len() >= self.shortest {
                (self.found)(characters, true);
            }
        });
    }

    fn base64(&mut self, units: &[Unit]) {
        let (mut values, mut places) = (Vec::with_capacity(units.len()), Vec::with_capacity(units.len()));
        for unit in units {
            if let Some(value) = sextet(unit.c) {
                values.push(value);
                places.push((unit.from, unit.to));
            }
        }
        for start in 0..4 {
            let (values, places) = (values.get(start..), places.get(start..));
            let (values, places) = (values.unwrap_or_default(), places.unwrap_or_default());
            let mut bytes = Vec::with_capacity(values.len());
            for group in values.chunks(4) {
                let pairs = group.windows(2).zip([2, 4, 6]);
                bytes.extend(pairs.map(|(pair, shift)| (pair[0] << shift) | (pair[1] >> (6 - shift))));
            }
            // Four digits encode three bytes; each byte spans two digits.
            let first = |byte: usize| byte / 3 * 4 + byte % 3;
            self.texts(&bytes, |byte| (places[first(byte)].0, places[first(byte) + 1].1));
        }
    }

    /// Pairs of hex digits, optionally with `0x` before them, and with any separators except letters and digits.
    fn hex(&mut self, units: &[Unit]) {
        let (mut digits, mut places) = (Vec::new(), Vec::new());
        let mut before = ' ';
        for unit in units {
            // A line may be wrapped anywhere, even inside `0x`.
            if matches!(unit.c, '\r' | '\n') {
                continue;
            }
            if let Some(digit) = unit.c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()) {
                digits.push(digit);
                places.push((unit.from, unit.to));
            } else if matches!(unit.c, 'x' | 'X') && before == '0' {
                digits.pop();
                places.pop();
            } else if unit.c.is_alphanumeric() {
                self.pairs(&digits, &places);
                digits.clear();
                places.clear();
            }
            before = unit.c;
        }
        self.pairs(&digits, &places);
    }

    fn pairs(&mut self, digits: &[u8], places: &[(usize, usize)]) {
        for start in 0..2 {
            let digits = digits.get(start..).unwrap_or_default();
            if digits.len() >= 2 * self.shortest {
                let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| (pair[0] << 4) | pair[1]).collect();
                self.texts(&bytes, |byte| (places[start + 2 * byte].0, places[start + 2 * byte + 1].1));
            }
        }
    }

    /// Bytes as decimal numbers: `[107, 45, 49]`.
    fn numbers(&mut self, units: &[Unit]) {
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        for word in units.split(|unit| !unit.c.is_alphanumeric()) {
            let (Some(first), Some(last)) = (word.first(), word.last()) else { continue };
            let value = word.iter().try_fold(0_u8, |value, unit| {
                let digit = u8::try_from(unit.c.to_digit(10)?).ok()?;
                value.checked_mul(10)?.checked_add(digit)
            });
            if let Some(value) = value {
                bytes.push(value);
                places.push((first.from, last.to));
            } else {
                self.texts(&bytes, |byte| places[byte]);
                bytes.clear();
                places.clear();
            }
        }
        self.texts(&bytes, |byte| places[byte]);
    }

    /// Passes the text in these bytes to `found`. `place` returns the origin of each byte. Zeros are dropped, which turns
    /// ASCII in UTF-16 into UTF-8.
    fn texts(&mut self, bytes: &[u8], place: impl Fn(usize) -> (usize, usize)) {
        if bytes.len() < self.shortest {
            return;
        }
        if bytes.contains(&0) {
            let kept: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
            let bytes: Vec<u8> = kept.iter().map(|at| bytes[*at]).collect();
            return self.texts_without_zeros(&bytes, |at| place(kept[at]));
        }
        self.texts_without_zeros(bytes, place);
    }

    fn texts_without_zeros(&mut self, bytes: &[u8], place: impl Fn(usize) -> (usize, usize)) {
        let mut at = 0;
        for chunk in bytes.utf8_chunks() {
            for text in chunk.valid().split_inclusive(is_no_text) {
                let end = at + text.len();
                let text = text.trim_end_matches(is_no_text);
                if text.len() >= self.shortest {
                    let unit = |(index, c): (usize, char)| Unit {
                        c,
                        from: place(at + index).0,
                        to: place(at + index + c.len_utf8() - 1).1,
                    };
                    (self.found)(text.char_indices().map(unit).collect(), true);
                }
                at = end;
            }
            at += chunk.invalid().len();
        }
        if self.latin && std::str::from_utf8(bytes).is_err() {
            self.texts_in_latin(bytes, place);
        }
    }

    fn texts_in_latin(&mut self, bytes: &[u8], place: impl Fn(usize) -> (usize, usize)) {
        let unit = |(at, byte): (usize, &u8)| {
            let (from, to) = place(at);
            Unit { c: windows_1252(char::from(*byte)), from, to }
        };
        let units: Vec<Unit> = bytes.iter().enumerate().map(unit).collect();
        for text in units.split(|unit| is_no_text(unit.c)) {
            if text.len() >= self.shortest && text.iter().any(|unit| !unit.c.is_ascii()) {
                (self.found)(text.to_vec(), false);
            }
        }
    }
}

/// Returns whether a character does not occur in text. Non-ASCII control characters do, in UTF-8 that was read as Latin-1.
fn is_no_text(c: char) -> bool {
    c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r')
}

fn sextet(c: char) -> Option<u8> {
    let byte = u8::try_from(c).ok()?;
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}
