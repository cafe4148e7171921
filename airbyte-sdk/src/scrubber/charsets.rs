//! The forms of non-ASCII text that was read or written in the wrong character set.

use std::iter::repeat_n;
use zeroize::Zeroizing;

/// The characters of windows-1252 at 0x80–0x9F, where Latin-1 has control characters. Bytes that windows-1252 leaves
/// undefined keep the control character.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Maps a control character of Latin-1 to the windows-1252 character of the same byte; keeps any other character.
pub(super) fn windows_1252(c: char) -> char {
    let place = u32::from(c).checked_sub(0x80).and_then(|place| usize::try_from(place).ok());
    place.and_then(|place| WINDOWS_1252.get(place)).copied().unwrap_or(c)
}

/// The maximum number of successive misreadings.
const MAX_MISREADINGS: usize = 2;

/// A secret with fewer ASCII letters and digits is not searched with replaced characters: `????` would match harmless
/// text.
const MIN_ASCII: usize = 3;

/// Returns the possible forms of a non-ASCII secret: its UTF-8 read as Latin-1 or windows-1252, its letter case changed where
/// that changes the number of characters (`ß`), and non-ASCII characters replaced by `?` or U+FFFD.
pub(super) fn misread_forms(secret: &str) -> Vec<Zeroizing<String>> {
    if secret.is_ascii() {
        return Vec::new();
    }
    let mut forms = vec![secret.to_uppercase(), secret.to_lowercase()];
    for read in [char::from as fn(u8) -> char, |byte| windows_1252(char::from(byte))] {
        let mut wrong = Zeroizing::new(secret.to_owned());
        for _ in 0..MAX_MISREADINGS {
            wrong = Zeroizing::new(wrong.bytes().map(read).collect());
            forms.push(wrong.to_string());
        }
    }
    if secret.chars().filter(char::is_ascii_alphanumeric).count() >= MIN_ASCII {
        for replacement in ['?', char::REPLACEMENT_CHARACTER] {
            let one_for = |length: fn(char) -> usize| {
                secret
                    .chars()
                    .flat_map(|c| repeat_n(if c.is_ascii() { c } else { replacement }, length(c)))
                    .collect()
            };
            forms.extend([one_for(|_| 1), one_for(char::len_utf8), one_for(char::len_utf16)]);
        }
    }
    forms.into_iter().map(Zeroizing::new).collect()
}
