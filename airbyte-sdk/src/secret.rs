//! Values that must not leave: the type for one of them, and what blanks them in any text.

use base64::{Engine, engine::general_purpose};
use std::borrow::Cow;
use std::fmt;
use zeroize::Zeroize;

/// A configuration value that is never shown: a key, a token, a password.
///
/// The spec marks the field as `airbyte_secret`. `Secret` has no `Display` and no `Serialize`, its `Debug` prints
/// stars, and its memory is wiped when it is dropped. [`Secret::expose`] is the one way to the text.
///
/// The secrets of the configuration are blanked in every log, trace and error as well, in whatever form they are
/// usually echoed, and so are those that a request signs in with ([`Http::auth`](crate::Http::auth)). One that is made
/// in another way is not known there.
///
/// ```
/// let key: airbyte_sdk::Secret = "k-123456".into();
/// assert_eq!(format!("{key:?}"), "****");
/// assert_eq!(key.expose(), "k-123456");
/// ```
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(STARS)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

const STARS: &str = "****";

/// Shorter values are left alone: blanking every "1" of a log would hide more than it protects.
const SHORTEST: usize = 4;

/// Blanks known secrets, in all the forms in which they are usually echoed.
#[derive(Default)]
pub(crate) struct Scrubber {
    /// Longest first, so that a secret which is the start of another leaves no tail behind.
    needles: Vec<String>,
}

impl Scrubber {
    /// Blanks these as well from here on. What was a secret once stays one.
    pub(crate) fn add<'a>(&mut self, secrets: impl IntoIterator<Item = &'a str>) {
        self.needles.extend(
            secrets
                .into_iter()
                .flat_map(|secret| std::iter::once(secret).chain(secret.lines()))
                .filter(|secret| secret.trim().len() >= SHORTEST)
                .flat_map(forms),
        );
        self.needles.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        self.needles.dedup();
    }

    /// Whether there is nothing to add for this one.
    pub(crate) fn knows(&self, secret: &str) -> bool {
        secret.trim().len() < SHORTEST || self.needles.iter().any(|needle| needle == secret)
    }

    pub(crate) fn scrub<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        for needle in &self.needles {
            if text.contains(needle.as_str()) {
                text = Cow::Owned(text.replace(needle.as_str(), STARS));
            }
        }
        text
    }
}

/// The value as it is, and as JSON, URLs, debug prints and basic authentication write it.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned(), secret.trim().to_owned()];
    let debug = format!("{secret:?}");
    forms.push(debug[1..debug.len() - 1].to_owned());
    if let Ok(json) = serde_json::to_string(secret) {
        forms.push(json[1..json.len() - 1].to_owned());
    }
    for hex in [HexCase::Upper, HexCase::Lower] {
        let strict = percent_encode(secret, b"-._~", hex);
        forms.push(strict.replace("%20", "+"));
        forms.push(strict);
        // Many programs leave what is legal inside a query alone.
        forms.push(percent_encode(secret, b"-._~!$'()*,;:@/?", hex));
        // So the client itself encodes a URL that has illegal characters (`http/url.rs`).
        forms.push(percent_encode(secret, b"-._~!$&'()*+,;=:@/?[]", hex));
    }
    for engine in [&general_purpose::STANDARD_NO_PAD, &general_purpose::URL_SAFE_NO_PAD] {
        forms.extend(
            (0..3).map(|offset| encoded_within(engine, secret, offset)).filter(|form| form.len() >= SHORTEST),
        );
    }
    forms
}

/// What stays the same of a secret's base64 wherever it stands in a longer text: behind `user:`, for example.
fn encoded_within(engine: &impl Engine, secret: &str, offset: usize) -> String {
    let mut bytes = vec![0; offset];
    bytes.extend_from_slice(secret.as_bytes());
    let encoded = engine.encode(&bytes);
    // The first letters hold bits of what comes before, the last one of what comes after.
    let first = (offset * 8).div_ceil(6);
    let last = bytes.len() * 8 / 6;
    encoded.get(first..last).unwrap_or_default().to_owned()
}

#[derive(Clone, Copy)]
enum HexCase {
    Upper,
    Lower,
}

fn percent_encode(text: &str, kept: &[u8], case: HexCase) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&match case {
                HexCase::Upper => format!("%{byte:02X}"),
                HexCase::Lower => format!("%{byte:02x}"),
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrubber<const N: usize>(secrets: [&str; N]) -> Scrubber {
        let mut scrubber = Scrubber::default();
        secrets.iter().for_each(|secret| scrubber.add([*secret]));
        scrubber
    }

    #[test]
    fn every_usual_form_is_blanked() {
        let key = "p@ss \"w/rd\"&é\\1";
        let scrubber = scrubber([key]);
        for text in [
            key.to_owned(),
            serde_json::to_string(key).unwrap(),
            format!("{key:?}"),
            "p%40ss%20%22w%2Frd%22%26%C3%A9%5C1".to_owned(),
            "p%40ss+%22w%2frd%22%26%c3%a9%5c1".to_owned(),
            general_purpose::STANDARD.encode(key),
            general_purpose::STANDARD.encode(format!("a:{key}:b")),
            general_purpose::URL_SAFE.encode(format!("me:{key}")),
        ] {
            let scrubbed = scrubber.scrub(&text);
            assert!(scrubbed.contains(STARS) && scrubbed.len() < 14, "{text} became {scrubbed}");
        }
    }

    #[test]
    fn the_longest_goes_first() {
        let scrubber = scrubber(["abcd", "abcdefgh"]);
        assert_eq!(scrubber.scrub("key abcdefgh, abcd"), "key ****, ****");
    }

    #[test]
    fn short_and_empty_values_blank_nothing() {
        let scrubber = scrubber(["", "1", "ab", "   "]);
        assert_eq!(scrubber.scrub("1 ab   c"), "1 ab   c");
    }

    #[test]
    fn each_line_of_a_key_is_blanked() {
        let scrubber = scrubber(["-----BEGIN\nMIIBsecret\nEND"]);
        assert_eq!(scrubber.scrub("line: MIIBsecret"), "line: ****");
    }
}
