//! Decodes text.

use std::iter::repeat_n;

/// A character, and its byte range in the original text.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) c: char,
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Unit {
    pub(super) fn lowercase(&self) -> impl Iterator<Item = Self> + use<> {
        let Self { from, to, .. } = *self;
        self.c.to_lowercase().map(move |c| Self { c, from, to })
    }
}

/// Passes on each decoding of a text that may contain a secret of at least `shortest` characters.
pub(super) fn each(units: &[Unit], shortest: usize, found: &mut impl FnMut(Vec<Unit>)) {
    let mut some = |decoded: Vec<Unit>| {
        if !decoded.is_empty() {
            found(decoded);
        }
    };
    some(unescaped(units).unwrap_or_default());
    digits(units, sextet, 6, shortest).into_iter().for_each(&mut some);
    digits(units, quintet, 5, shortest).into_iter().for_each(&mut some);
    hex(units, shortest).into_iter().for_each(&mut some);
    some(decimal(units, shortest));
}

/// Decodes the escapes of JSON, C, URLs, HTML and quoted-printable; `None` if there are none.
fn unescaped(units: &[Unit]) -> Option<Vec<Unit>> {
    let mut bytes: Vec<(u8, usize, usize)> = Vec::with_capacity(units.len());
    let (mut at, mut changed) = (0, false);
    while let Some(unit) = units.get(at) {
        let rest = &units[at + 1..];
        let escape = match unit.c {
            '\\' => backslash(rest),
            '%' | '=' => number(rest, 16, 2, 2).map(|(code, length)| (Code::Byte(code), length)),
            '&' => entity(rest),
            _ => None,
        };
        let (code, length) = escape.unwrap_or((Code::Character(unit.c), 0));
        changed |= length > 0;
        let to = units.get(at + length).map_or(unit.to, |last| last.to);
        let mut buffer = [0; 4];
        match code {
            Code::Byte(byte) => bytes.push((u8::try_from(byte).unwrap_or(b'?'), unit.from, to)),
            Code::Character(c) => {
                bytes.extend(c.encode_utf8(&mut buffer).bytes().map(|byte| (byte, unit.from, to)));
            }
        }
        at += 1 + length;
    }
    changed.then(|| characters(&bytes))
}

enum Code {
    /// A byte of a character in UTF-8.
    Byte(u32),
    Character(char),
}

/// Decodes an escape after the backslash, and returns the number of its characters.
fn backslash(rest: &[Unit]) -> Option<(Code, usize)> {
    let first = rest.first()?.c;
    let simple = |c| Some((Code::Character(c), 1));
    match first {
        'n' => simple('\n'),
        'r' => simple('\r'),
        't' => simple('\t'),
        'x' => number(&rest[1..], 16, 2, 2).map(|(code, length)| (Code::Byte(code), length + 1)),
        '0'..='7' => number(rest, 8, 3, 3).map(|(code, length)| (Code::Byte(code), length)),
        'u' if rest.get(1).is_some_and(|unit| unit.c == '{') => {
            let (code, length) = number(&rest[2..], 16, 1, 6)?;
            Some((Code::Character(char::from_u32(code)?), length + 3))
        }
        'u' => {
            let (code, length) = number(&rest[1..], 16, 4, 4)?;
            Some((Code::Character(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)), length + 1))
        }
        c if !c.is_alphanumeric() => simple(c),
        _ => None,
    }
}

/// Decodes an HTML entity after the ampersand: a number, or the name of a character that HTML itself must escape.
fn entity(rest: &[Unit]) -> Option<(Code, usize)> {
    let end = rest.iter().take(10).position(|unit| unit.c == ';')?;
    let name: String = rest[..end].iter().map(|unit| unit.c).collect();
    let code = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        },
        None => [
            ("amp", '&'),
            ("lt", '<'),
            ("gt", '>'),
            ("quot", '"'),
            ("apos", '\''),
            ("sol", '/'),
            ("plus", '+'),
        ]
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, c)| u32::from(*c)),
    };
    Some((Code::Character(char::from_u32(code?)?), end + 1))
}

/// Parses a number, and returns the number of its digits.
fn number(units: &[Unit], radix: u32, fewest: usize, most: usize) -> Option<(u32, usize)> {
    let digits: Vec<u32> = units.iter().take(most).map_while(|unit| unit.c.to_digit(radix)).collect();
    let value = digits.iter().fold(0, |value, digit| value * radix + digit);
    (digits.len() >= fewest).then_some((value, digits.len()))
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

/// Returns the digits of base32.
fn quintet(c: char) -> Option<u8> {
    let byte = u8::try_from(c.to_ascii_uppercase()).ok()?;
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'2'..=b'7' => byte - b'2' + 26,
        _ => return None,
    })
}

/// Decodes base64 and base32. Each sequence of digits is decoded from each digit at which a byte may begin, because the text
/// before a value may consist of digits, too.
fn digits(units: &[Unit], value: fn(char) -> Option<u8>, bits: usize, shortest: usize) -> Vec<Vec<Unit>> {
    let is_break = |unit: &Unit| matches!(unit.c, '\r' | '\n');
    // This many digits make whole bytes.
    let mut decoded = vec![Vec::new(); if bits == 6 { 4 } else { 8 }];
    for run in units.split(|unit| value(unit.c).is_none() && !is_break(unit)) {
        if run.len() * bits < shortest * 8 {
            continue;
        }
        let run: Vec<(u8, &Unit)> = run.iter().filter_map(|unit| Some((value(unit.c)?, unit))).collect();
        for (start, decoded) in decoded.iter_mut().enumerate() {
            let mut bytes = Vec::with_capacity(run.len());
            let (mut buffer, mut filled, mut from) = (0_u32, 0, None);
            for (value, unit) in run.get(start..).unwrap_or_default() {
                buffer = ((buffer << bits) | u32::from(*value)) & 0xffff;
                filled += bits;
                let begin = *from.get_or_insert(unit.from);
                if filled >= 8 {
                    filled -= 8;
                    bytes.push((u8::try_from((buffer >> filled) & 0xff).unwrap_or_default(), begin, unit.to));
                    from = (filled > 0).then_some(unit.from);
                }
            }
            texts(&bytes, shortest, decoded);
        }
    }
    decoded
}

/// Decodes pairs of hexadecimal digits, separated by anything but letters and digits, with or without `0x`.
fn hex(units: &[Unit], shortest: usize) -> [Vec<Unit>; 2] {
    let mut decoded = [Vec::new(), Vec::new()];
    let mut run: Vec<(u8, &Unit)> = Vec::new();
    let mut before = ' ';
    for unit in units.iter().map(Some).chain([None]) {
        let digit = unit.and_then(|unit| Some((u8::try_from(unit.c.to_digit(16)?).ok()?, unit)));
        match (unit, digit) {
            (_, Some(digit)) => run.push(digit),
            (Some(unit), _) if matches!(unit.c, 'x' | 'X') && before == '0' => {
                run.pop();
            }
            (Some(unit), _) if !unit.c.is_alphanumeric() => {}
            _ => {
                for (start, decoded) in decoded.iter_mut().enumerate().filter(|_| run.len() >= 2 * shortest) {
                    let pairs = run.get(start..).unwrap_or_default().chunks_exact(2);
                    let byte =
                        |pair: &[(u8, &Unit)]| ((pair[0].0 << 4) | pair[1].0, pair[0].1.from, pair[1].1.to);
                    texts(&pairs.map(byte).collect::<Vec<_>>(), shortest, decoded);
                }
                run.clear();
            }
        }
        before = unit.map_or(' ', |unit| unit.c);
    }
    decoded
}

/// Decodes bytes in decimal, as in `[116, 48]`.
fn decimal(units: &[Unit], shortest: usize) -> Vec<Unit> {
    let (mut decoded, mut bytes) = (Vec::new(), Vec::new());
    for word in units.split(|unit| !unit.c.is_alphanumeric()) {
        let (Some(first), Some(last)) = (word.first(), word.last()) else { continue };
        match number(word, 10, word.len(), 3).and_then(|(value, _)| u8::try_from(value).ok()) {
            Some(byte) => bytes.push((byte, first.from, last.to)),
            None => {
                texts(&bytes, shortest, &mut decoded);
                bytes.clear();
            }
        }
    }
    texts(&bytes, shortest, &mut decoded);
    decoded
}

/// Adds the text among bytes, with a separator after each part. Zeros are removed, which decodes UTF-16 as far as it is ASCII.
fn texts(bytes: &[(u8, usize, usize)], shortest: usize, decoded: &mut Vec<Unit>) {
    if bytes.len() < shortest {
        return;
    }
    let bytes: Vec<_> = bytes.iter().copied().filter(|(byte, ..)| *byte != 0).collect();
    let text = characters(&bytes);
    let no_text = |unit: &Unit| {
        unit.c == char::REPLACEMENT_CHARACTER || (unit.c.is_control() && !unit.c.is_whitespace())
    };
    for part in text.split(no_text).filter(|part| part.len() >= shortest) {
        decoded.extend_from_slice(part);
        let end = part.last().map_or(0, |unit| unit.to);
        decoded.push(Unit { c: char::REPLACEMENT_CHARACTER, from: end, to: end });
    }
}

/// Decodes UTF-8; each character has the position of its bytes.
fn characters(bytes: &[(u8, usize, usize)]) -> Vec<Unit> {
    let values: Vec<u8> = bytes.iter().map(|(byte, ..)| *byte).collect();
    let mut at = 0;
    let mut units = Vec::with_capacity(values.len());
    let mut push = |c: char, length: usize| {
        if let (Some((_, from, _)), Some((.., to))) = (bytes.get(at), bytes.get(at + length - 1)) {
            units.push(Unit { c, from: *from, to: *to });
        }
        at += length;
    };
    for chunk in values.utf8_chunks() {
        chunk.valid().chars().for_each(|c| push(c, c.len_utf8()));
        repeat_n(char::REPLACEMENT_CHARACTER, chunk.invalid().len()).for_each(|c| push(c, 1));
    }
    units
}
