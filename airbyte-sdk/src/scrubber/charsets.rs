//! What becomes of a text that is not ASCII when a program reads it in another character set, or cannot write it in its own.

use std::iter::repeat_n;
use zeroize::Zeroizing;

/// The characters of windows-1252 where Latin-1 has control characters, from 0x80 on. A control character stands for a byte
/// that windows-1252 leaves undefined.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The character that a control character of Latin-1 is in windows-1252; another character stays the same.
pub(super) fn windows_1252(c: char) -> char {
    let place = u32::from(c).checked_sub(0x80).and_then(|place| usize::try_from(place).ok());
    place.and_then(|place| WINDOWS_1252.get(place)).copied().unwrap_or(c)
}

/// How often a text may have been read in the wrong character set, one after the other.
const MOST_MISTAKES: usize = 2;

/// A replacement keeps so many characters of a secret at least, else it would be found in harmless text.
const LEAST_KEPT: usize = 3;

/// What a secret that is not ASCII may have become: its UTF-8 read as Latin-1 or windows-1252, its letter case changed where
/// that changes the number of letters, and the characters that another set lacks replaced.
pub(super) fn mistaken(secret: &str) -> Vec<Zeroizing<String>> {
    if secret.is_ascii() {
        return Vec::new();
    }
    let mut forms = vec![secret.to_uppercase(), secret.to_lowercase()];
    for read in [char::from as fn(u8) -> char, |byte| windows_1252(char::from(byte))] {
        let mut wrong = Zeroizing::new(secret.to_owned());
        for _ in 0..MOST_MISTAKES {
            wrong = Zeroizing::new(wrong.bytes().map(read).collect());
            forms.push(wrong.to_string());
        }
    }
    if secret.chars().filter(char::is_ascii_alphanumeric).count() >= LEAST_KEPT {
        for stand_in in ['?', char::REPLACEMENT_CHARACTER] {
            let one_for = |length: fn(char) -> usize| {
                secret
                    .chars()
                    .flat_map(|c| repeat_n(if c.is_ascii() { c } else { stand_in }, length(c)))
                    .collect()
            };
            forms.extend([one_for(|_| 1), one_for(char::len_utf8), one_for(char::len_utf16)]);
        }
    }
    forms.into_iter().map(Zeroizing::new).collect()
}
