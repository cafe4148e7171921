//! The type of values that must not be shown. `scrubber` blanks them in text.

use crate::scrubber::STARS;
use std::fmt;
use zeroize::Zeroize;

/// A configuration value that is never shown: an API key, a token, a password.
///
/// The spec marks the field as `airbyte_secret`. `Secret` implements neither `Display` nor `Serialize`, its `Debug`
/// prints stars, and its memory is wiped on drop. Only [`Secret::expose`] returns the text.
/// A request authenticates with a `&Secret` itself: [`Request::bearer`](crate::http::Request::bearer), or
/// [`Request::auth`](crate::http::Request::auth) with another [`Auth`](crate::http::Auth).
///
/// The secrets of the configuration, and those that a request authenticates with ([`Http::auth`](crate::Http::auth)), are
/// also blanked in every log, trace and error message. They are found in any letter case, with escapes (URL, JSON, HTML,
/// quoted-printable), in base64, hex, lists of bytes or characters, in nested encodings, and as UTF-8 misread as Latin-1.
/// Limits:
///
/// - A secret of fewer than 4 characters is not blanked, because harmless text would be blanked too.
/// - Of the secrets that are not in the configuration, only the 1024 most recently used are blanked, up to 1 MiB in
///   total.
/// - A `Secret` created in another way, e.g. with `Secret::from`, is not blanked until a request authenticates with it.
/// - A composed character in the secret does not match its decomposed form in the text (Unicode NFC and NFD).
///
/// ```
/// let key: airbyte_sdk::Secret = "k-123456".into();
/// assert_eq!(format!("{key:?}"), "****");
/// assert_eq!(key.expose(), "k-123456");
/// ```
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Returns the text of the secret. Call it only where the secret is sent.
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

/// Never implemented, so that the compile error for a formatted [`Secret`] says what to write instead. The lifetime keeps the
/// compiler from checking the bound before `Display` is used.
#[diagnostic::on_unimplemented(
    message = "a `Secret` cannot be formatted",
    label = "to send it as `Authorization: Bearer …`, write `.bearer(&secret)` on the request",
    note = "`.auth(Auth::api_key_header(\"X-Api-Key\", &secret))` sends it in another header, `Auth::api_key_query` in the URL, `Auth::basic` as a password; `secret.expose()` returns the text"
)]
pub trait Shows<T> {}

#[doc(hidden)]
impl fmt::Display for Secret
where
    for<'a> fmt::Formatter<'a>: Shows<Self>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(STARS)
    }
}
