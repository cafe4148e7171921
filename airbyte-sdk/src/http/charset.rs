//! Converts bodies in other charsets to UTF-8 while they are read, and removes the byte order mark.
//!
//! A read may end in the middle of a character or of a UTF-16 surrogate pair, so its first bytes are kept for the next
//! read. UTF-8 without a mark is passed through without a copy.
//!
//! The result does not depend on how the body is cut into reads: the text before invalid UTF-16 is returned before the
//! error.

use std::io::{self, Read};

/// The charset of a body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Charset {
    Utf8,
    /// Also stands for ISO-8859-1, as in browsers: they differ in control characters only.
    Windows1252,
    Utf16 {
        big_endian: bool,
    },
}

impl Charset {
    /// The names that messages list.
    pub(super) const NAMES: &str = "utf-8, iso-8859-1, windows-1252, utf-16le, utf-16be";

    /// Returns the charset that a `Content-Type` declares; UTF-8 if it declares none.
    ///
    /// # Errors
    ///
    /// Returns the name of a charset that is not supported.
    pub(super) fn of_content_type(content_type: Option<&str>) -> Result<Self, String> {
        let mut parameters = content_type.unwrap_or_default().split(';').skip(1);
        let declared = parameters.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
        });
        Self::of_name(declared.unwrap_or("utf-8"))
    }

    /// Returns the charset with this name.
    ///
    /// # Errors
    ///
    /// Returns the name if it is not supported.
    pub(super) fn of_name(name: &str) -> Result<Self, String> {
        match name.to_ascii_lowercase().as_str() {
            "" | "utf-8" | "utf8" | "utf-8-sig" | "utf8mb4" | "us-ascii" | "ascii" => Ok(Self::Utf8),
            "iso-8859-1" | "iso8859-1" | "iso_8859-1" | "latin1" | "latin-1" | "l1" | "windows-1252"
            | "cp1252" | "cp-1252" | "x-cp1252" => Ok(Self::Windows1252),
            // Windows writes little endian, with or without a mark.
            "utf-16" | "utf-16le" | "utf16" => Ok(Self::Utf16 { big_endian: false }),
            "utf-16be" => Ok(Self::Utf16 { big_endian: true }),
            other => Err(other.to_owned()),
        }
    }

    /// Returns the charset of a byte order mark, and the length of the mark.
    fn of_mark(bytes: &[u8]) -> Option<(Self, usize)> {
        match bytes {
            [0xef, 0xbb, 0xbf, ..] => Some((Self::Utf8, 3)),
            [0xff, 0xfe, ..] => Some((Self::Utf16 { big_endian: false }, 2)),
            [0xfe, 0xff, ..] => Some((Self::Utf16 { big_endian: true }, 2)),
            _ => None,
        }
    }
}

/// The characters of windows-1252 from 0x80 to 0x9f. Five are not assigned; they stay the control characters of
/// ISO-8859-1.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The byte order mark in UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// A reader that converts to UTF-8, without byte order marks.
pub(super) struct Utf8<R> {
    text: R,
    charset: Charset,
    begun: bool,
    /// Decoded bytes, of which those from `at` on have not been returned. UTF-8 without a mark is not stored here.
    decoded: Vec<u8>,
    at: usize,
    /// The first bytes of an incomplete character.
    rest: Vec<u8>,
    /// Whether invalid UTF-16 follows what is decoded.
    invalid: bool,
}

impl<R: Read> Utf8<R> {
    pub(super) fn new(text: R, charset: Charset) -> Self {
        Self { text, charset, begun: false, decoded: Vec::new(), at: 0, rest: Vec::new(), invalid: false }
    }

    /// Performs the first read, and removes byte order marks.
    fn begin(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut count = self.text.read(buffer)?;
        self.begun = true;
        let may_be_mark = matches!(buffer[..count].first(), Some(0xef | 0xfe | 0xff));
        if self.charset == Charset::Utf8 && !may_be_mark {
            return Ok(count);
        }
        let mut begin = buffer[..count].to_vec();
        while may_be_mark && count > 0 && begin.len() < 3 {
            let mut more = [0; 3];
            count = read(&mut self.text, &mut more[begin.len()..])?;
            begin.extend_from_slice(&more[begin.len()..][..count]);
        }
        let (charset, mark) = Charset::of_mark(&begin).unwrap_or((self.charset, 0));
        self.charset = charset;
        self.decode(&begin[mark..]);
        self.skip_marks()?;
        self.next_decoded(buffer)
    }

    /// Removes further marks, which some programs write before text that begins with one. The parsers must not see
    /// any: `csv` takes a first read that consists of a mark for the end of the body.
    fn skip_marks(&mut self) -> io::Result<()> {
        let mut start = Vec::new();
        loop {
            let mut more = [0; MARK.len()];
            let may_be_mark = MARK.starts_with(&start);
            let count = if may_be_mark { read(self, &mut more[..MARK.len() - start.len()])? } else { 0 };
            if count == 0 {
                break;
            }
            start.extend_from_slice(&more[..count]);
            if start == MARK {
                start.clear();
            }
        }
        self.decoded.splice(..self.at, start);
        self.at = 0;
        Ok(())
    }

    /// Returns decoded bytes, and decodes more if none are left.
    fn next_decoded(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.decoded.len() {
            if self.invalid {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "invalid UTF-16"));
            }
            if self.charset == Charset::Utf8 {
                return self.text.read(buffer);
            }
            let mut encoded = [0; 8 << 10];
            let count = self.text.read(&mut encoded)?;
            if count == 0 {
                if self.rest.is_empty() {
                    return Ok(0);
                }
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "the body ends in the middle of a character",
                ));
            }
            self.decode(&encoded[..count]);
        }
        let count = (&self.decoded[self.at..]).read(buffer)?;
        self.at += count;
        Ok(count)
    }

    fn decode(&mut self, bytes: &[u8]) {
        self.at = 0;
        self.decoded.clear();
        match self.charset {
            Charset::Utf8 => self.decoded.extend_from_slice(bytes),
            Charset::Windows1252 => {
                let text: String = bytes
                    .iter()
                    .map(|&byte| match byte {
                        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
                        byte => char::from(byte),
                    })
                    .collect();
                self.decoded = text.into_bytes();
            }
            Charset::Utf16 { big_endian } => {
                self.rest.extend_from_slice(bytes);
                let unit = |pair: &[u8]| {
                    let pair = [pair[0], pair[1]];
                    if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
                };
                let mut units: Vec<u16> = self.rest.chunks_exact(2).map(unit).collect();
                // A first surrogate is kept until the second arrives.
                if units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
                    units.pop();
                }
                self.rest.drain(..2 * units.len());
                let valid = char::decode_utf16(units).map_while(|character| {
                    self.invalid = character.is_err();
                    character.ok()
                });
                let text: String = valid.collect();
                self.decoded = text.into_bytes();
            }
        }
    }
}

/// Reads, and retries when interrupted.
fn read(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match from.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

impl<R: Read> Read for Utf8<R> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.begun {
            return self.begin(buffer);
        }
        if self.at == self.decoded.len() && self.charset == Charset::Utf8 {
            return self.text.read(buffer);
        }
        self.next_decoded(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Decodes chunks of this size, through a buffer of size `capacity`.
    fn decode(bytes: &[u8], charset: Charset, chunk: usize, capacity: usize) -> io::Result<String> {
        let (text, end) = decode_until_error(bytes, charset, chunk, capacity);
        end.map(|()| String::from_utf8(text).unwrap())
    }

    /// Returns the text up to an error.
    fn decode_until_error(
        bytes: &[u8],
        charset: Charset,
        chunk: usize,
        capacity: usize,
    ) -> (Vec<u8>, io::Result<()>) {
        struct Chunks<'a>(&'a [u8], usize);
        impl Read for Chunks<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let most = self.1.min(buffer.len());
                self.0.read(&mut buffer[..most])
            }
        }
        let (mut text, mut buffer) = (Vec::new(), vec![0; capacity]);
        let mut utf8 = Utf8::new(Chunks(bytes, chunk), charset);
        loop {
            match utf8.read(&mut buffer) {
                Ok(0) => return (text, Ok(())),
                Ok(count) => text.extend_from_slice(&buffer[..count]),
                Err(error) => return (text, Err(error)),
            }
        }
    }

    const CHARSETS: &[Charset] = &[
        Charset::Utf8,
        Charset::Windows1252,
        Charset::Utf16 { big_endian: false },
        Charset::Utf16 { big_endian: true },
    ];

    const PARTS: &[&[u8]] =
        &[b"\xfe\xff", b"\xff\xfe", MARK, b"\xd8\0", b"\0\xd8", b"\xdc\0", b"\0\xdc", b"\0a", b"a"];

    /// Bytes with many marks, surrogates and incomplete characters.
    fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            prop::sample::select(PARTS).prop_map(<[u8]>::to_vec),
            any::<u8>().prop_map(|byte| vec![byte]),
        ];
        prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn any_text_is_read_in_any_charset(text in "[a-zé€𝄞\u{feff}]{0,20}", chunk in 1..9_usize, capacity in 1..9_usize) {
            let text = text.trim_start_matches('\u{feff}');
            let marked = format!("\u{feff}{text}");
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let utf16 = |big_endian| Charset::Utf16 { big_endian };
            for (bytes, charset) in [
                (text.as_bytes().to_vec(), Charset::Utf8),
                (marked.clone().into_bytes(), Charset::Utf8),
                (marked.clone().into_bytes(), Charset::Windows1252),
                (format!("\u{feff}\u{feff}{marked}").into_bytes(), Charset::Utf8),
                (little.clone(), utf16(false)),
                (big.clone(), utf16(true)),
                ([&[0xff, 0xfe], &little[..]].concat(), Charset::Utf8),
                ([&[0xfe, 0xff], &big[..]].concat(), utf16(false)),
                ([&[0xfe, 0xff, 0xfe, 0xff], &big[..]].concat(), Charset::Utf8),
            ] {
                prop_assert_eq!(decode(&bytes, charset, chunk, capacity).unwrap(), text);
            }
        }

        #[test]
        fn any_bytes_are_decoded_equally_in_any_chunks(
            bytes in any_bytes(),
            charset in prop::sample::select(CHARSETS),
            chunk in 1..9_usize,
            capacity in 1..9_usize,
        ) {
            let (text, end) = decode_until_error(&bytes, charset, chunk, capacity);
            let (whole, whole_end) = decode_until_error(&bytes, charset, usize::MAX, 1 << 10);
            let (end, whole_end) = (end.map_err(|error| error.to_string()), whole_end.map_err(|error| error.to_string()));
            prop_assert_eq!((&text, end), (&whole, whole_end));
            prop_assert!(!text.starts_with(MARK));
        }
    }

    #[test]
    fn windows_1252_is_decoded_byte_by_byte() {
        assert_eq!(decode(b"caf\xe9 5 \x80 \xff", Charset::Windows1252, 1, 2).unwrap(), "café 5 € ÿ");
    }

    #[test]
    fn damaged_utf_16_is_an_error() {
        let utf16 = Charset::Utf16 { big_endian: false };
        for damaged in [&b"a\0b"[..], b"a\0\0\xd8", b"\0\xdca\0"] {
            assert!(decode(damaged, utf16, 3, 9).is_err(), "{damaged:?}");
        }
    }

    #[test]
    fn charset_is_found_in_a_content_type() {
        for (content_type, charset) in [
            (None, Ok(Charset::Utf8)),
            (Some("text/csv"), Ok(Charset::Utf8)),
            (Some("application/json; charset=\"UTF-8\""), Ok(Charset::Utf8)),
            (Some("text/csv; header=present;Charset = ISO-8859-1"), Ok(Charset::Windows1252)),
            (Some("text/csv; charset=utf-16be"), Ok(Charset::Utf16 { big_endian: true })),
            (Some("text/csv; charset=Shift_JIS"), Err("shift_jis".to_owned())),
        ] {
            assert_eq!(Charset::of_content_type(content_type), charset, "{content_type:?}");
        }
    }
}
