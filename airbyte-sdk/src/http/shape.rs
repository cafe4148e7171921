//! Describes JSON that does not fit the author's type: where it does not, without showing a value.

use serde::de::DeserializeOwned;
use serde_json::{Deserializer, Error};

/// Appends the path of the field that does not fit `T` to the path of the value. Parses the value again to find it.
pub(super) fn path_of_error<T: DeserializeOwned>(mut path: String, value: &[u8]) -> String {
    let field = serde_path_to_error::deserialize::<_, T>(&mut Deserializer::from_slice(value))
        .err()
        .map_or_else(String::new, |error| error.path().to_string());
    if field != "." {
        if !(path.is_empty() || field.is_empty() || field.starts_with('[')) {
            path.push('.');
        }
        path.push_str(&field);
    }
    path
}

/// Returns the end of a message: what is wrong at this path.
pub(super) fn describe(path: &str, error: &Error) -> String {
    // Only the field's name is used: the rest of serde's message may quote a value.
    let message = error.to_string();
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
    let what =
        missing.map_or_else(|| "invalid value".to_owned(), |(field, _)| format!("missing field `{field}`"));
    format!("{what} {}", location(path))
}

/// Returns where this path is, as the end of a message.
pub(super) fn location(path: &str) -> String {
    if path.is_empty() { "at the top level".to_owned() } else { format!("at `{path}`") }
}
