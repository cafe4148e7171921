//! Decides by the name of a configuration field whether it holds a credential.
//!
//! A name is split into words, at punctuation and at capital letters; the last words decide. [`is_credential`] finds
//! every name that Airbyte's own lint of a spec finds (`SECRET_PROPERTY_NAMES` and `SECRET_PROPERTY_NAME_SUFFIXES` in the
//! package `airbyte-cdk`), except for the public half of a pair of keys, and some that the lint misses.

/// Words that mean a credential at the end of a name. Not `tokens`: `max_tokens` is a number.
const CREDENTIALS: &[&str] = &[
    "credential",
    "credentials",
    "jwt",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "passphrases",
    "passwords",
    "pat",
    "pwd",
    "secret",
    "secrets",
    "token",
];

/// Names that mean a credential only without other words: `ca_certificate` may be public, and `sort_key` is not a credential.
const WHOLE_NAMES: &[&str] = &["certificate", "key", "pass"];

/// Words before `key` that make it a credential.
const SECRET_KEYS: &[&str] =
    &["access", "api", "auth", "encryption", "master", "private", "secret", "shared", "signing", "ssh"];

/// Words before `tokens` that make it a list of credentials.
const SECRET_TOKENS: &[&str] = &["access", "api", "auth", "bearer", "client", "refresh", "session"];

/// Last words that only describe the format of the value.
const ENCODINGS: &[&str] = &["b64", "base64", "hex", "json", "pem", "string", "text", "value"];

/// Words that are often written as one, such as `apikey`: the beginnings, and the end.
const WRITTEN_AS_ONE: &[(&[&str], &str)] = &[
    (SECRET_KEYS, "key"),
    (SECRET_KEYS, "keys"),
    (SECRET_TOKENS, "token"),
    (SECRET_TOKENS, "tokens"),
    (&["api", "app", "client", "consumer", "shared"], "secret"),
];

/// Returns whether the field of this name holds a credential. `siblings` are the names of all fields of the same object: an
/// `access_key` beside a secret is the public half of a pair. They may include the name itself.
///
/// ```
/// use airbyte_spec_rules::is_credential;
///
/// assert!(is_credential("apiKey", []));
/// assert!(!is_credential("token_url", []));
/// assert!(is_credential("access_key", ["region"]));
/// assert!(!is_credential("access_key", ["secret_key"]));
/// ```
pub fn is_credential<'a>(name: &str, siblings: impl IntoIterator<Item = &'a str>) -> bool {
    let readings = readings(name);
    let is_public_half = || readings.iter().any(|words| is_access_key(words));
    let has_secret_half = || siblings.into_iter().any(is_secret_half);
    readings.iter().any(|words| ends_in_credential(&borrowed(words)))
        && !(is_public_half() && has_secret_half())
}

/// Returns the words of a name, split with and without regard to capital letters: `APIkey` and `passWord` follow no
/// convention.
fn readings(name: &str) -> [Vec<String>; 2] {
    [words(name), words(&name.to_lowercase())]
}

fn borrowed(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

/// Returns whether the name is that of an access key, which may be the public half of a pair.
fn is_access_key(words: &[String]) -> bool {
    match borrowed(words)[..] {
        ["access", "key"] => true,
        [.., before, "access", "key"] => before != "secret",
        _ => false,
    }
}

/// Returns whether the name is that of the secret half of a pair.
fn is_secret_half(name: &str) -> bool {
    readings(name).iter().any(|words| {
        matches!(
            borrowed(words)[..],
            [.., "secret"] | [.., "secret", "key"] | [.., "secret", "access", "key"]
        )
    })
}

fn ends_in_credential(words: &[&str]) -> bool {
    let ends_with_any = |word: &str, ends: &[&str]| ends.iter().any(|end| word.ends_with(end));
    match *words {
        [only] if WHOLE_NAMES.contains(&only) => true,
        [.., last] if CREDENTIALS.contains(&last) => true,
        [.., before, "key" | "keys"] => ends_with_any(before, SECRET_KEYS),
        [.., before, "tokens"] => ends_with_any(before, SECRET_TOKENS),
        [.., "service", "account"] | [.., "service", "account", "info"] => true,
        // `key_value` is not a key, and `certificate_text` may be public.
        [only, last] if WHOLE_NAMES.contains(&only) && is_encoding(last) => false,
        [.., last] if is_encoding(last) => ends_in_credential(&words[..words.len() - 1]),
        _ => false,
    }
}

fn is_encoding(word: &str) -> bool {
    ENCODINGS.contains(&word) || word.chars().all(|letter| letter.is_ascii_digit())
}

/// Returns the words of a name in lower case: the same for `clientSecret`, `client-secret`, `CLIENT_SECRET` and `ClientSECRET`.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = vec![String::new()];
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        // The end of an abbreviation too: `APIKey` is `API` and `Key`.
        let begins = letter.is_uppercase()
            && (before.is_some_and(|before| !before.is_uppercase())
                || after.is_some_and(|after| after.is_lowercase()));
        if begins || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words.iter().filter(|word| !word.is_empty()).flat_map(|word| parts(word)).collect()
}

/// Splits a word further: `apikey` is two words, and `password2` is a word and a number.
fn parts(word: &str) -> Vec<String> {
    let bare = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let number = &word[bare.len()..];
    // A word that is an encoding, such as `base64`, keeps its number.
    if bare.is_empty() || ENCODINGS.contains(&word) {
        return vec![word.to_owned()];
    }
    let mut parts = vec![bare.to_owned()];
    for (beginnings, end) in WRITTEN_AS_ONE {
        if let Some(beginning) = bare.strip_suffix(end)
            && let Some(known) = beginnings.iter().find(|known| beginning.ends_with(*known))
        {
            parts = vec![
                beginning.strip_suffix(known).unwrap_or_default().to_owned(),
                (*known).to_owned(),
                (*end).to_owned(),
            ];
        }
    }
    for end in ["password", "passphrase", "passwd"] {
        if let Some(beginning) = bare.strip_suffix(end) {
            parts = vec![beginning.to_owned(), end.to_owned()];
        }
    }
    if !number.is_empty() {
        parts.push(number.to_owned());
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests;
