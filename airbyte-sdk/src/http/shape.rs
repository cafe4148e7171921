//! Where JSON is not of the author's type.

use serde::de::DeserializeOwned;
use serde_json::{Deserializer, Error};
use std::fmt::Write as _;

/// The place of the field that is not of the author's type, behind the place of the value.
pub(super) fn place_within<T: DeserializeOwned>(mut place: String, value: &[u8]) -> String {
    let field = serde_path_to_error::deserialize::<_, T>(&mut Deserializer::from_slice(value))
        .err()
        .map_or_else(String::new, |error| error.path().to_string());
    if field != "." {
        if !(place.is_empty() || field.is_empty() || field.starts_with('[')) {
            place.push('.');
        }
        place.push_str(&field);
    }
    place
}

/// The end of a message about this error at this place: which field is missing, if one is, and where.
pub(super) fn at(place: &str, error: &Error) -> String {
    let mut text = String::new();
    // Only the name is taken: what else serde says may quote a value.
    let message = error.to_string();
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
    if let Some((field, _)) = missing {
        let _ = write!(text, ": missing field `{field}`");
    }
    if place.is_empty() {
        text.push_str(" at the top level");
    } else {
        let _ = write!(text, " at `{place}`");
    }
    text
}
