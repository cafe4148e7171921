//! The headers that an author sets: one value for each name, checked before a request is sent.

use crate::error::{Error, Result};

/// Headers that only the client sets: another value would break the framing of the request.
const FRAMING: [&str; 2] = ["content-length", "transfer-encoding"];

/// Names and values, as the author has set them.
#[derive(Clone, Default)]
pub(super) struct Headers(Vec<(String, String)>);

impl Headers {
    /// Sets a header, and replaces one with the same name. Whitespace around the value is removed (RFC 9110).
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.0.push((name.to_owned(), trimmed(value).to_owned()));
    }

    /// Returns whether a header with this name is set.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other.eq_ignore_ascii_case(name))
    }

    /// Returns all headers except the one with this name.
    pub(super) fn without<'a>(&'a self, name: Option<&'a str>) -> impl Iterator<Item = (&'a str, &'a str)> {
        let replaced = move |other: &str| name.is_some_and(|name| name.eq_ignore_ascii_case(other));
        let pairs = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        pairs.filter(move |(name, _)| !replaced(name))
    }

    /// Checks that all headers can be sent.
    pub(super) fn check(&self) -> Result<()> {
        for (name, value) in &self.0 {
            check_name(name)?;
            if let Some(fault) = fault(value) {
                return Err(Error::config(format!(
                    "the value of the header {name} {fault}; check the configuration"
                )));
            }
            let not_unpacked = |coding: &str| !["", "gzip", "identity"].contains(&trimmed(coding));
            if name.eq_ignore_ascii_case("accept-encoding") && value.split(',').any(not_unpacked) {
                return Err(Error::system(
                    "the header Accept-Encoding must list only gzip and identity: the client decodes no other coding",
                ));
            }
        }
        Ok(())
    }
}

/// Checks that this is a valid header name which the connector may set.
pub(super) fn check_name(name: &str) -> Result<()> {
    if FRAMING.iter().any(|own| own.eq_ignore_ascii_case(name)) {
        return Err(Error::system(format!(
            "the header {name} is set by the client and must not be set by the connector"
        )));
    }
    if name.is_empty() {
        return Err(Error::config("a header has an empty name; check the configuration"));
    }
    let is_token = |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
    let Some(position) = name.chars().position(|letter| !is_token(letter)) else { return Ok(()) };
    Err(Error::config(format!(
        "the header name `{}` has a character at position {} that is not allowed there; check the configuration",
        name.escape_debug().take(60).collect::<String>(),
        position + 1
    )))
}

/// Removes ASCII whitespace at both ends, which is often copied along with a key.
pub(super) fn trimmed(value: &str) -> &str {
    value.trim_matches(|letter: char| letter.is_ascii_whitespace())
}

/// Returns why a value cannot be sent in a header, as the end of a sentence that does not show the value. Whitespace
/// at both ends is ignored.
pub(super) fn fault(value: &str) -> Option<String> {
    let start = value.chars().take_while(char::is_ascii_whitespace).count();
    let mut letters = trimmed(value).chars().zip(start + 1..);
    let (letter, position) = letters.find(|(letter, _)| !matches!(letter, ' '..='~' | '\t'))?;
    Some(format!("contains {} at position {position}", name_of(letter)))
}

/// Returns a description of a character that is invisible or easily mistaken for another. Others are not described,
/// because that would show a part of the value.
fn name_of(letter: char) -> String {
    let name = match letter {
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => "a line break",
        '\u{a0}' | '\u{202f}' => "a non-breaking space",
        '\u{ad}' => "a soft hyphen",
        '\u{200b}' => "a zero-width space",
        '\u{200c}' | '\u{200d}' => "a zero-width joiner",
        '\u{2060}' => "a word joiner",
        '\u{feff}' => "a byte order mark",
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "a mark of writing direction"
        }
        '\u{2010}' | '\u{2011}' => "a typographic hyphen",
        '\u{2012}' | '\u{2013}' => "an en dash",
        '\u{2014}' | '\u{2015}' => "an em dash",
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201c}' | '\u{201d}' | '\u{201e}' => {
            "a typographic quotation mark"
        }
        '\u{2026}' => "an ellipsis",
        '\u{fffd}' => "a replacement character",
        letter if letter.is_control() => "a control character",
        letter if letter.is_whitespace() => "a typographic space",
        _ => return "a non-ASCII character".to_owned(),
    };
    format!("{name} (U+{:04X})", u32::from(letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::FailureType;

    #[test]
    fn header_replaces_one_of_the_same_name() {
        let mut headers = Headers::default();
        for (name, value) in [("Content-Type", "a"), ("X-A", " b\n"), ("content-type", "c")] {
            headers.set(name, value);
        }
        assert_eq!(headers.without(None).collect::<Vec<_>>(), [("X-A", "b"), ("content-type", "c")]);
        assert_eq!(headers.without(Some("x-a")).collect::<Vec<_>>(), [("content-type", "c")]);
    }

    #[test]
    fn invalid_value_is_explained_but_not_shown() {
        for (value, expected) in [
            ("k\u{a0}ey", "a non-breaking space (U+00A0) at position 2"),
            ("\u{feff}key", "a byte order mark (U+FEFF) at position 1"),
            (" \n key\u{200b}", "a zero-width space (U+200B) at position 7"),
            ("a\nb", "a line break (U+000A) at position 2"),
            ("a\u{7f}", "a control character (U+007F) at position 2"),
            ("a\0", "a control character (U+0000) at position 2"),
            ("sk\u{2013}1", "an en dash (U+2013) at position 3"),
            ("\u{3000}", "a typographic space (U+3000) at position 1"),
            ("é", "a non-ASCII character at position 1"),
        ] {
            assert_eq!(fault(value).unwrap(), format!("contains {expected}"), "{value:?}");
        }
        for value in ["", " key \r\n", "a b\tc ~!\""] {
            assert_eq!(fault(value), None, "{value:?}");
        }
    }

    #[test]
    fn framing_headers_and_unsupported_codings_are_rejected() {
        let check = |name: &str, value: &str| {
            let mut headers = Headers::default();
            headers.set(name, value);
            headers.check().map_err(|error| error.failure_type())
        };
        assert_eq!(check("Content-length", "5"), Err(FailureType::SystemError));
        assert_eq!(check("TRANSFER-ENCODING", "chunked"), Err(FailureType::SystemError));
        assert_eq!(check("Accept-Encoding", "gzip, br"), Err(FailureType::SystemError));
        assert_eq!(check("accept-encoding", "identity, gzip"), Ok(()));
        for name in ["", "X Key", "X-Kéy", "X:", "X\n"] {
            assert_eq!(check(name, "a"), Err(FailureType::ConfigError), "{name:?}");
        }
        assert_eq!(check("X-Key", ""), Ok(()));
    }
}
