//! Fields whose names sound like credentials.

use super::field_types::Kind;
use super::fields::Field;
use crate::errors::Errors;

/// Names under which the platform expects a secret, as Airbyte's own checks of a spec list them.
const CREDENTIALS: &[&str] = &[
    "access_token",
    "api_token",
    "certificate",
    "client_secret",
    "client_token",
    "credentials",
    "jwt",
    "key",
    "password",
    "refresh_token",
    "secret",
    "service_account",
    "service_account_info",
    "token",
];

/// The same for the ends of names.
const CREDENTIAL_ENDS: &[&str] =
    &["_token", "_secret", "password", "api_key", "apikey", "secret_key", "private_key", "access_key"];

/// A credential in a plain field would be shown in the form, and in logs.
pub(in crate::spec) fn check(field: &Field, kind: Option<Kind>, all: &[&Field], errors: &mut Errors) {
    let sounds = sounds(&plain(&field.key), all);
    match (&field.not_secret, kind) {
        (None, Some(Kind::Text | Kind::Integer | Kind::Float)) if sounds => {
            let message = format!(
                "`{}` sounds like a credential: make it a `Secret`, which is masked in the form and blanked in every log. If it is none, rename it, or say so: `#[airbyte(not_secret)]`",
                field.key
            );
            errors.at(&field.ty, message);
        }
        (Some(flag), _) if !sounds || kind == Some(Kind::Secret) => {
            errors.at(
                flag,
                "`not_secret` is for a plain field whose name sounds like a credential; this is none",
            );
        }
        _ => {}
    }
}

fn sounds(name: &str, all: &[&Field]) -> bool {
    // The access key of a pair is its public half: the other one is the secret.
    let half = |other: &str| other == "secret" || other.ends_with("_secret") || other.ends_with("secret_key");
    if name.ends_with("access_key") && all.iter().any(|other| half(&plain(&other.key))) {
        return false;
    }
    CREDENTIALS.contains(&name) || CREDENTIAL_ENDS.iter().any(|end| name.ends_with(end))
}

/// A key as the lists above write it: `apiKey`, `api-key` and `API_KEY` are `api_key`.
fn plain(key: &str) -> String {
    let mut text = String::with_capacity(key.len() + 4);
    let mut after_small = false;
    for letter in key.chars() {
        if letter.is_uppercase() && after_small {
            text.push('_');
        }
        after_small = letter.is_lowercase() || letter.is_ascii_digit();
        text.push(if letter == '-' { '_' } else { letter.to_ascii_lowercase() });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_recognised_however_they_are_written() {
        for key in ["apiKey", "api-key", "ApiKey", "api_key", "API_KEY", "apikey", "APIKey"] {
            assert!(sounds(&plain(key), &[]), "{key}");
        }
        for key in ["keys", "tokenize", "API_URL", "monkey"] {
            assert!(!sounds(&plain(key), &[]), "{key}");
        }
    }
}
