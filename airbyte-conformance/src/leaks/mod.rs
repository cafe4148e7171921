//! Finds known secrets in text, in plain form and in common encodings.
//!
//! This shares no code with the SDK, which keeps secrets out of messages: shared code would miss the same encodings in both.
//! The text is searched as it is and in each decoding (`decode`), to a depth of
//! [`DEEPEST`], because encodings nest: JSON in a string of JSON, a percent-encoded header in base64. Each character of a
//! decoded text keeps its position in the original, so a report can blank exactly the secret.

mod decode;

use self::decode::Unit;
use std::borrow::Cow;
use std::ops::Range;

const STARS: &str = "****";

/// How many nested encodings are decoded.
const DEEPEST: usize = 4;

/// How much decoded text is searched: this many times the length of the original, plus the number of characters below. Ordinary
/// text has few and short decodings; the limit is for output that decodes to much more.
const MOST_LENGTHS: usize = 32;
const ALWAYS: usize = 1 << 16;

/// Shorter values occur in any output.
const SHORTEST: usize = 4;

/// A secret of at least this length with a digit is not an ordinary word, so it is also found inside of words.
const DISTINCTIVE: usize = 8;

/// Lines of a multi-line secret, such as a private key, are secrets themselves from this length on.
const SHORTEST_LINE: usize = 16;

/// The secrets to find.
pub(crate) struct Leaks {
    needles: Vec<Needle>,
    shortest: usize,
}

struct Needle {
    /// In lower case, without line breaks.
    letters: Vec<char>,
    /// Letters and digits only, for text in which each character is quoted or separated. Empty if that is too ambiguous.
    squeezed: Vec<char>,
    /// Found only between characters other than letters and digits.
    is_word: bool,
}

impl Leaks {
    pub(crate) fn of<'s>(secrets: impl IntoIterator<Item = &'s String>) -> Self {
        let mut needles: Vec<Needle> = Vec::new();
        for secret in secrets {
            let lines = secret.lines().map(str::trim);
            let lines = lines.filter(|line| line.len() >= SHORTEST_LINE && !line.starts_with("-----"));
            needles.extend([secret.trim()].into_iter().chain(lines).filter_map(Needle::of));
        }
        let shortest = needles.iter().map(|needle| needle.letters.len()).min().unwrap_or(usize::MAX);
        Self { needles, shortest }
    }

    /// Returns whether a secret is long enough to be distinguished from other text.
    pub(crate) fn is_findable(secret: &str) -> bool {
        Needle::of(secret.trim()).is_some()
    }

    /// Returns whether a secret is not an ordinary word, which a record may contain.
    pub(crate) fn is_distinctive(secret: &str) -> bool {
        Needle::of(secret.trim()).is_some_and(|needle| !needle.is_word)
    }

    pub(crate) fn is_in(&self, text: &str) -> bool {
        !self.find(text).is_empty()
    }

    /// Returns the text with each secret blanked.
    pub(crate) fn blank<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut found = self.find(text);
        if found.is_empty() {
            return text.into();
        }
        found.sort_by_key(|range| range.start);
        let (mut blanked, mut end) = (String::new(), 0);
        for Range { start, end: stop } in found {
            if start >= end {
                blanked.push_str(&text[end..start]);
                blanked.push_str(STARS);
            }
            end = end.max(stop);
        }
        blanked.push_str(&text[end..]);
        blanked.into()
    }

    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if self.needles.is_empty() {
            return found;
        }
        let units = text.char_indices().map(|(at, c)| Unit { c, from: at, to: at + c.len_utf8() });
        let mut texts = vec![(units.collect::<Vec<Unit>>(), 0)];
        let mut left = texts[0].0.len() * MOST_LENGTHS + ALWAYS;
        let mut next = 0;
        // Less deeply decoded texts come first.
        while let Some((units, depth)) = texts.get_mut(next) {
            let (units, depth) = (std::mem::take(units), *depth);
            self.search(&units, &mut found);
            if depth < DEEPEST {
                decode::each(&units, self.shortest, &mut |decoded| {
                    if let Some(rest) = left.checked_sub(decoded.len()) {
                        left = rest;
                        texts.push((decoded, depth + 1));
                    }
                });
            }
            next += 1;
        }
        found
    }

    fn search(&self, units: &[Unit], found: &mut Vec<Range<usize>>) {
        let plain: Vec<Unit> =
            units.iter().filter(|unit| !is_break(unit.c)).flat_map(Unit::lowercase).collect();
        let squeezed: Vec<Unit> = plain.iter().filter(|unit| unit.c.is_alphanumeric()).cloned().collect();
        for Needle { letters, squeezed: letters_alone, is_word } in &self.needles {
            occurrences(&plain, letters, *is_word, found);
            if !letters_alone.is_empty() && squeezed.len() < plain.len() {
                occurrences(&squeezed, letters_alone, false, found);
            }
        }
    }
}

impl Needle {
    /// Returns `None` for a value that is too short to be distinguished from other text.
    fn of(secret: &str) -> Option<Self> {
        let letters: Vec<char> =
            secret.chars().filter(|c| !is_break(*c)).flat_map(char::to_lowercase).collect();
        let alone: Vec<char> = letters.iter().copied().filter(|c| c.is_alphanumeric()).collect();
        let has_digit = alone.iter().any(char::is_ascii_digit);
        let has_letter = alone.iter().any(|c| c.is_alphabetic());
        let is_word = letters.len() < DISTINCTIVE || !has_digit;
        let squeezed = if alone.len() >= DISTINCTIVE && has_digit && has_letter { alone } else { Vec::new() };
        (letters.len() >= SHORTEST).then_some(Self { letters, squeezed, is_word })
    }
}

fn occurrences(units: &[Unit], letters: &[char], is_word: bool, found: &mut Vec<Range<usize>>) {
    let is_letter =
        |at: Option<usize>| at.and_then(|at| units.get(at)).is_some_and(|unit| unit.c.is_alphanumeric());
    for (at, window) in units.windows(letters.len()).enumerate() {
        let (Some(first), Some(last)) = (window.first(), window.last()) else { continue };
        if window.iter().map(|unit| unit.c).eq(letters.iter().copied())
            && !(is_word && (is_letter(at.checked_sub(1)) || is_letter(Some(at + letters.len()))))
        {
            found.push(first.from..last.to);
        }
    }
}

/// Long text is wrapped, in base64 and elsewhere.
fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    const SECRET: &str = "t0ken/4711+x";

    fn leaks(secrets: &[&str]) -> Leaks {
        Leaks::of(&secrets.iter().map(|secret| (*secret).to_owned()).collect::<Vec<_>>())
    }

    fn hex(text: &str, separator: &str) -> String {
        text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(separator)
    }

    #[test]
    fn secret_in_any_encoding_is_blanked_exactly() {
        let secret = SECRET.to_owned();
        let bytes: Vec<String> = secret.bytes().map(|byte| byte.to_string()).collect();
        let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let quoted: Vec<String> = secret.chars().map(|c| format!("'{c}'")).collect();
        let basic = |user: &str| STANDARD.encode(format!("{user}:{secret}"));
        for form in [
            secret.clone(),
            secret.to_uppercase(),
            secret.replace('/', r"\/"),
            r"t0ken\\\/4711\u002bx".to_owned(),
            secret.bytes().map(|byte| format!(r"\x{byte:02x}")).collect(),
            secret.bytes().map(|byte| format!(r"\{byte:03o}")).collect(),
            "t0ken%2F4711%2bx".to_owned(),
            "t0ken%252F4711%252Bx".to_owned(),
            "t0ken&#47;4711&#x2b;x".to_owned(),
            "t0ken=2F4711=2Bx".to_owned(),
            basic(""),
            basic("u"),
            basic("us"),
            basic("user"),
            URL_SAFE_NO_PAD.encode(&secret),
            STANDARD.encode(STANDARD.encode(format!("user:{secret}"))),
            STANDARD.encode(&wide),
            STANDARD.encode(hex(&secret, "")),
            format!("{}\\n{}", &basic("user")[..8], &basic("user")[8..]),
            hex(&secret, ""),
            hex(&secret, "").to_uppercase(),
            hex(&secret, ":"),
            hex(&secret, " 0x"),
            hex(&format!("user:{secret}"), ""),
            hex("x", "") + &hex(&secret, ""),
            format!("[{}]", bytes.join(", ")),
            format!("[{}]", quoted.join(", ")),
            "t-0-k-e-n-4711x".to_owned(),
            "OQYGWZLOF42DOMJRFN4A====".to_owned(),
        ] {
            let text = format!("the header is {form}, said the log");
            let blanked = leaks(&[SECRET]).blank(&text).into_owned();
            assert!(blanked.contains(STARS), "{text}");
            assert!(
                blanked.starts_with("the header is ") && blanked.ends_with(", said the log"),
                "{blanked}"
            );
        }
    }

    #[test]
    fn ordinary_word_is_found_as_a_whole_word_only() {
        let leaks = leaks(&["hunter", "4711"]);
        for leak in
            ["key=hunter", "Hunter", "{\"key\":\"hunter\"}", "dGhlIGh1bnRlciE=", "68756e746572", "id 4711."]
        {
            assert!(leaks.is_in(leak), "{leak}");
        }
        for harmless in ["the hunters", "a headhunter", "id 14711", "hunt er"] {
            assert!(!leaks.is_in(harmless), "{harmless}");
        }
    }

    #[test]
    fn line_of_a_private_key_is_a_secret() {
        let key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\nAgEAAoIBAQC7VJTUt9Us\n-----END PRIVATE KEY-----\n";
        let leaks = leaks(&[key]);
        assert!(leaks.is_in("bad line AgEAAoIBAQC7VJTUt9Us in the key"));
        assert!(!leaks.is_in("expected -----BEGIN PRIVATE KEY-----"));
    }

    #[test]
    fn short_values_are_not_secrets() {
        assert_eq!(leaks(&["abc", ""]).blank("abc"), "abc");
    }

    #[test]
    fn search_time_is_bounded_for_text_with_many_decodings() {
        let text = "QUJD%41\\u0041&#65;=41 41:41:41, 65 65 65 ".repeat(20_000);
        assert!(!leaks(&[SECRET]).is_in(&text));
    }
}
