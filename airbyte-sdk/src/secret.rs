//! The type of values that must not be shown. What blanks them in text is in `scrubber`.

use crate::scrubber::STARS;
use std::fmt;
use zeroize::Zeroize;

/// A configuration value that is never shown: a key, a token, a password.
///
/// The spec marks the field as `airbyte_secret`. `Secret` has no `Display` and no `Serialize`, its `Debug` prints
/// stars, and its memory is wiped when it is dropped. [`Secret::expose`] is the one way to the text.
/// A request authenticates with a `&Secret` itself: [`Request::bearer`](crate::http::Request::bearer), or
/// [`Request::auth`](crate::http::Request::auth) with another [`Auth`](crate::http::Auth).
///
/// The secrets of the configuration are blanked in every log, trace and error as well, and so are those that a request
/// authenticates with ([`Http::auth`](crate::Http::auth)). They are found in any letter case, behind escapes (URLs, JSON,
/// HTML, quoted-printable), in base64, hex, lists of bytes and of characters, in encodings of encodings, and as UTF-8 that was read as
/// Latin-1. Four limits:
///
/// - A value of fewer than 4 characters is not blanked, since it would be blanked in harmless text as well.
/// - Of the secrets that are not in the configuration, the 1024 most recently used ones are known, and at most 1 MiB of
///   them.
/// - A secret that is made in another way is not known.
/// - A letter and its accent are not found as two characters if the secret has them as one (Unicode's NFD and NFC).
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
