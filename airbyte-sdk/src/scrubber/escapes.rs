//! Escapes: a few characters that stand for another one.
//!
//! Percent-encoding, the backslashes of JSON, C, Python and Rust, HTML entities, quoted-printable, doubled quotes, and
//! `+` for a space. Reading is lenient: accepting an invalid escape only costs a failed comparison, rejecting one that
//! some decoder accepts would show a secret.

use super::reading::{Reading, Text};

/// Returns whether an escape may begin with this character.
pub(super) fn may_begin(c: char) -> bool {
    matches!(c, '%' | '\\' | '&' | '=' | '+' | '\'' | '"' | '<')
}

/// Finds the characters that an escape may stand for, given its first character.
pub(super) fn read(text: &Text, lead: Reading, found: &mut impl FnMut(Reading)) {
    let Reading { c, to: body, soft, wrapped } = lead;
    let mut found = |c: char, to: usize| found(Reading { c, to, soft: soft || lead.c == '=', wrapped });
    match c {
        '%' => {
            encoded_character(text, '%', body, hex_pair, &mut found);
            // `%uXXXX` of JavaScript's deprecated `escape`.
            for to in characters(text, body, |c| matches!(c, 'u' | 'U')) {
                utf16(text, '%', to, &mut found);
            }
        }
        '\\' => backslash(text, body, &mut found),
        '&' => entity(text, body, &mut found),
        '=' => {
            encoded_character(text, '=', body, unbroken_hex_pair, &mut found);
            // A soft line break of quoted-printable.
            characters(text, body, |c| matches!(c, '\r' | '\n')).for_each(|to| found('\n', to));
        }
        '+' => found(' ', body),
        '\'' | '"' => characters(text, body, |other| other == c).for_each(|to| found(c, to)),
        '<' => {
            for tag in ["br>", "br/>", "br />", "wbr>"] {
                if let Some(to) = word(text, body, tag) {
                    found('\n', to);
                }
            }
        }
        _ => {}
    }
}

fn backslash(text: &Text, body: usize, found: &mut impl FnMut(char, usize)) {
    encoded_character(text, '\\', body, x_and_hex_pair, found);
    encoded_character(text, '\\', body, octal, found);
    for Reading { c, to, .. } in text.at(body) {
        match c {
            'n' => found('\n', to),
            'r' => found('\r', to),
            't' => found('\t', to),
            'f' | 'v' => found(' ', to),
            'u' => {
                utf16(text, '\\', to, found);
                in_braces(text, to, found);
            }
            'U' => {
                if let Some((code, to)) = digits(text, to, 16, 8, 8) {
                    char::from_u32(code).into_iter().for_each(|c| found(c, to));
                }
            }
            'x' => in_braces(text, to, found),
            c if !c.is_alphanumeric() => found(c, to),
            _ => {}
        }
    }
}

/// `{e9}`, as in Rust and Perl.
fn in_braces(text: &Text, at: usize, found: &mut impl FnMut(char, usize)) {
    for open in characters(text, at, |c| c == '{') {
        let Some((code, end)) = digits(text, open, 16, 1, 6) else { continue };
        for to in characters(text, end, |c| c == '}') {
            char::from_u32(code).into_iter().for_each(|c| found(c, to));
        }
    }
}

/// Four hex digits, or a surrogate pair of two such escapes.
fn utf16(text: &Text, introducer: char, at: usize, found: &mut impl FnMut(char, usize)) {
    let Some((high, to)) = digits(text, at, 16, 4, 4) else { return };
    if let Some(c) = char::from_u32(high) {
        return found(c, to);
    }
    for to in characters(text, to, |c| c == introducer) {
        for to in characters(text, to, |c| matches!(c, 'u' | 'U')) {
            let Some((low, to)) = digits(text, to, 16, 4, 4) else { continue };
            let units = [high, low].map(|unit| u16::try_from(unit).unwrap_or_default());
            if let Some(Ok(c)) = char::decode_utf16(units).next() {
                found(c, to);
            }
        }
    }
}

type ReadByte = fn(&Text, usize) -> Option<(u8, usize)>;

/// A character whose bytes are escaped individually, in UTF-8 or, for a single byte, in Latin-1.
fn encoded_character(
    text: &Text,
    introducer: char,
    body: usize,
    read_byte: ReadByte,
    found: &mut impl FnMut(char, usize),
) {
    let Some((first, mut to)) = read_byte(text, body) else { return };
    found(char::from(first), to);
    let more = match first {
        0xc2..=0xdf => 1,
        0xe0..=0xef => 2,
        0xf0..=0xf4 => 3,
        _ => return,
    };
    let mut bytes = vec![first];
    for _ in 0..more {
        let mut next = characters(text, to, |c| c == introducer).filter_map(|body| read_byte(text, body));
        let Some((byte, end)) = next.find(|(byte, _)| (0x80..0xc0).contains(byte)) else { return };
        bytes.push(byte);
        to = end;
    }
    if let Some(c) = std::str::from_utf8(&bytes).ok().and_then(|text| text.chars().next()) {
        found(c, to);
    }
}

fn hex_pair(text: &Text, at: usize) -> Option<(u8, usize)> {
    byte(digits(text, at, 16, 2, 2))
}

/// Returns a hex pair directly after a `=`, because `=` and a line break is another escape.
fn unbroken_hex_pair(text: &Text, at: usize) -> Option<(u8, usize)> {
    text.at(at).find(|reading| !reading.wrapped && reading.c.is_ascii_hexdigit())?;
    hex_pair(text, at)
}

fn x_and_hex_pair(text: &Text, at: usize) -> Option<(u8, usize)> {
    characters(text, at, |c| c == 'x').find_map(|to| hex_pair(text, to))
}

fn octal(text: &Text, at: usize) -> Option<(u8, usize)> {
    byte(digits(text, at, 8, 3, 3))
}

fn byte(number: Option<(u32, usize)>) -> Option<(u8, usize)> {
    number.and_then(|(number, to)| Some((u8::try_from(number).ok()?, to)))
}

/// Reads a number with a limited number of digits; returns it and the position after it.
fn digits(text: &Text, at: usize, radix: u32, least: usize, most: usize) -> Option<(u32, usize)> {
    let (mut number, mut to) = (0_u32, at);
    for count in 0..most {
        let next = text.at(to).filter_map(|reading| Some((reading.c.to_digit(radix)?, reading.to)));
        let next = next.min_by_key(|(_, to)| *to);
        let Some((digit, end)) = next else { return (count >= least).then_some((number, to)) };
        number = number.checked_mul(radix)?.checked_add(digit)?;
        to = end;
    }
    Some((number, to))
}

/// Returns the positions after a character that matches.
fn characters(text: &Text, at: usize, is_it: impl Fn(char) -> bool) -> impl Iterator<Item = usize> {
    text.at(at).filter(move |reading| is_it(reading.c)).map(|reading| reading.to)
}

fn word(text: &Text, at: usize, word: &str) -> Option<usize> {
    word.chars().try_fold(at, |at, letter| characters(text, at, |c| c.eq_ignore_ascii_case(&letter)).next())
}

/// An HTML entity: `&amp;`, `&#38;`, `&#x26;`. The semicolon is optional, as in browsers.
fn entity(text: &Text, body: usize, found: &mut impl FnMut(char, usize)) {
    let mut ends_at = |c: char, to: usize| found(c, characters(text, to, |c| c == ';').next().unwrap_or(to));
    for number in characters(text, body, |c| c == '#') {
        let hex = characters(text, number, |c| matches!(c, 'x' | 'X')).map(|at| (at, 16));
        for (at, radix) in hex.chain([(number, 10)]) {
            let Some((code, to)) = digits(text, at, radix, 1, 8) else { continue };
            char::from_u32(code).into_iter().for_each(|c| ends_at(c, to));
        }
    }
    let (mut name, mut to) = (String::new(), body);
    while name.len() < MAX_NAME_LENGTH {
        let letter = text.at(to).find(|reading| reading.c.is_ascii_alphanumeric());
        let Some(Reading { c, to: end, .. }) = letter else { break };
        name.push(c);
        to = end;
    }
    if let Some(c) = named(&name) {
        ends_at(c, to);
    }
}

const MAX_NAME_LENGTH: usize = 10;

fn named(name: &str) -> Option<char> {
    let is_it = |other: &str| other.eq_ignore_ascii_case(name);
    let ascii = NAMED.iter().find(|(_, names)| names.iter().any(|other| is_it(other)));
    let latin = || LATIN_1.iter().zip('\u{a0}'..).find(|(other, _)| **other == name);
    ascii.map(|(c, _)| *c).or_else(|| latin().map(|(_, c)| c))
}

const NAMED: &[(char, &[&str])] = &[
    ('&', &["amp"]),
    ('<', &["lt"]),
    ('>', &["gt"]),
    ('"', &["quot"]),
    ('\'', &["apos"]),
    ('/', &["sol"]),
    ('\\', &["bsol"]),
    ('+', &["plus"]),
    ('=', &["equals"]),
    ('%', &["percnt"]),
    ('#', &["num"]),
    ('!', &["excl"]),
    ('?', &["quest"]),
    ('@', &["commat"]),
    (':', &["colon"]),
    (';', &["semi"]),
    (',', &["comma"]),
    ('.', &["period"]),
    ('$', &["dollar"]),
    ('*', &["ast", "midast"]),
    ('_', &["lowbar", "UnderBar"]),
    ('|', &["verbar", "vert"]),
    ('^', &["hat"]),
    ('`', &["grave"]),
    ('-', &["hyphen", "dash"]),
    ('~', &["tilde"]),
    ('(', &["lpar"]),
    (')', &["rpar"]),
    ('[', &["lsqb", "lbrack"]),
    (']', &["rsqb", "rbrack"]),
    ('{', &["lcub", "lbrace"]),
    ('}', &["rcub", "rbrace"]),
    ('\t', &["tab"]),
    ('\n', &["newline"]),
];

/// The names of the characters from U+00A0 on.
const LATIN_1: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo",
    "not", "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot",
    "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",
    "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute",
    "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash",
    "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig", "agrave", "aacute", "acirc", "atilde",
    "auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc",
    "iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave",
    "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
];
