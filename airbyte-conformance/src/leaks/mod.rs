//! Finds known secrets in text, as they are and in the encodings in which programs print them.
//!
//! This shares no code with the SDK, which keeps secrets out of messages: a judge that decodes with the code of the judged
//! misses whatever that misses. The text is searched as it is and as each decoding of it (`decode`), to a depth of
//! [`DEEPEST`], because encodings nest: JSON in a string of JSON, a percent-encoded header in base64. Each character of a
//! decoded text keeps its place in the original, so that a report can blank exactly what leaks.

mod decode;

use self::decode::Unit;
use std::borrow::Cow;
use std::ops::Range;

const STARS: &str = "****";

/// How often a secret may have been encoded.
const DEEPEST: usize = 4;

/// How much decoded text is searched: so many times the length of the original, and at least the number of bytes below.
/// Text that is not encoded has few and short decodings; the limit is for output that is made to be decoded repeatedly.
const MOST_LENGTHS: usize = 32;
const ANY_CASE: usize = 1 << 16;

/// Shorter texts are found in any output.
const SHORTEST: usize = 4;

/// From this length on, and with a digit, a secret is no word of a natural language and is found inside of words, too.
const DISTINCTIVE: usize = 8;

/// Lines of a secret with several of them, such as a private key, are secret from this length on.
const SHORTEST_LINE: usize = 16;

/// Secrets to be found.
pub(crate) struct Leaks {
    needles: Vec<Needle>,
    shortest: usize,
}

struct Needle {
    /// Without case and line breaks.
    letters: Vec<char>,
    /// Letters and digits alone, for text in which each character is quoted or separated. Empty if that says too little.
    squeezed: Vec<char>,
    /// Found only where no letter or digit is beside it.
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

    /// Whether a secret is long enough to be told from other text.
    pub(crate) fn is_findable(secret: &str) -> bool {
        Needle::of(secret.trim()).is_some()
    }

    /// Whether a secret is no word that a record may have as well.
    pub(crate) fn is_distinctive(secret: &str) -> bool {
        Needle::of(secret.trim()).is_some_and(|needle| !needle.is_word)
    }

    pub(crate) fn is_in(&self, text: &str) -> bool {
        !self.find(text).is_empty()
    }

    /// The text with each secret blanked.
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
        let mut left = texts[0].0.len() * MOST_LENGTHS + ANY_CASE;
        let mut next = 0;
        // Those that were decoded least often come first.
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
    /// `None` for a text that is too short to be told from others.
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

/// Long texts are wrapped, in base64 and elsewhere.
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
    fn finds_a_secret_in_every_encoding_and_blanks_no_more_than_it() {
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
    fn a_word_is_found_as_a_word() {
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
    fn a_line_of_a_key_is_as_secret_as_the_whole_key() {
        let key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\nAgEAAoIBAQC7VJTUt9Us\n-----END PRIVATE KEY-----\n";
        let leaks = leaks(&[key]);
        assert!(leaks.is_in("bad line AgEAAoIBAQC7VJTUt9Us in the key"));
        assert!(!leaks.is_in("expected -----BEGIN PRIVATE KEY-----"));
    }

    #[test]
    fn what_is_too_short_is_not_looked_for() {
        assert_eq!(leaks(&["abc", ""]).blank("abc"), "abc");
    }

    #[test]
    fn long_text_costs_no_more_than_reading_it_a_few_times() {
        let text = "QUJD%41\\u0041&#65;=41 41:41:41, 65 65 65 ".repeat(20_000);
        assert!(!leaks(&[SECRET]).is_in(&text));
    }
}
