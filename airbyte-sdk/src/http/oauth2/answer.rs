//! What a token endpoint answers: a token, or why there is none.

use super::tokens::Token;
use crate::error::{Error, Result};
use crate::http::ErrorResponse;
use crate::http::retry::is_transient;
use crate::saved_config::Unsaved;
use crate::secret::Secret;
use serde_json::Value;
use std::time::Duration;

/// A good answer, read. The access token is behind the saving of the refresh token that came with it.
pub(super) struct Granted {
    pub(super) token: Unsaved<Token>,
    /// A new refresh token that the connector has no place for.
    pub(super) homeless: Option<Secret>,
}

/// Reads an answer that came with a good status, to a request sent at this time with this refresh token. `saved_at` is
/// where the configuration has that. What must not be seen is hidden before anything else; no error quotes the answer.
pub(super) fn read(
    answer: Value,
    sent: Duration,
    old: Option<&Secret>,
    saved_at: Option<&str>,
    hide: impl FnOnce(&[&str]),
) -> Result<Granted> {
    let text = |key| answer.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    // A refusal is quoted, and may have a token beside it.
    hide(&["access_token", "refresh_token", "id_token"].map(|key| text(key).unwrap_or_default()));
    let Some(access_token) = text("access_token") else {
        if answer.get("error").is_some_and(|error| !error.is_null()) {
            // Some services refuse with a good status.
            let response = ErrorResponse::new(400, answer.to_string().as_bytes());
            return Err(refused(&response, old.is_some())
                .unwrap_or_else(|| Error::transient("the service gave no token")));
        }
        return Err(Error::system("the service answered without an `access_token`"));
    };
    let lifetime = answer.get("expires_in").and_then(lifetime);
    let refresh_token: Option<Secret> =
        old.and_then(|old| text("refresh_token").filter(|new| *new != old.expose())).map(Secret::from);
    let token = Token::new(access_token.into(), sent, lifetime);
    Ok(match (refresh_token, saved_at) {
        (Some(new), Some(path)) => {
            Granted { token: Unsaved::new(token, Some((path.to_owned(), new))), homeless: None }
        }
        (homeless, _) => Granted { token: Unsaved::new(token, None), homeless },
    })
}

/// How long a token lasts, if that is said: a number, which some services write as text. Zero says nothing, and what is
/// too large to be a time is none.
fn lifetime(expires_in: &Value) -> Option<Duration> {
    let seconds = expires_in.as_f64().or_else(|| expires_in.as_str()?.trim().parse().ok())?;
    Duration::try_from_secs_f64(seconds).ok().filter(|lifetime| !lifetime.is_zero())
}

/// What a refusal means for the user; `None` leaves it at what the status says. `signed_in` if a user has signed in once,
/// and can do so again.
pub(super) fn refused(response: &ErrorResponse, signed_in: bool) -> Option<Error> {
    let status = response.status();
    if !(400..500).contains(&status) || is_transient(status) {
        return None;
    }
    let code = response.body().get("error").and_then(Value::as_str).unwrap_or_default();
    let described = response.body().get("error_description").and_then(Value::as_str).map(str::trim);
    let said = described.filter(|text| !text.is_empty()).or_else(|| response.message());
    let said = said.map_or_else(|| format!("HTTP {status}"), |text| format!("the service says: {text}"));
    let client = "the service does not accept the client ID or the client secret: check both";
    Some(
        match code {
            "invalid_grant" if signed_in => {
                Error::config(format!("the sign-in has expired or was withdrawn: sign in again ({said})"))
            }
            "invalid_client" | "unauthorized_client" if signed_in => {
                Error::config(format!("{client}, or sign in again ({said})"))
            }
            "invalid_grant" | "invalid_client" | "unauthorized_client" => {
                Error::config(format!("{client} ({said})"))
            }
            "invalid_scope" => Error::config(format!(
                "the service does not grant the access that is asked for: check the permissions ({said})"
            )),
            "server_error" | "temporarily_unavailable" => {
                Error::transient(format!("the service cannot sign anybody in at the moment ({said})"))
            }
            _ if status == 401 => Error::config(format!("{client} ({said})")),
            _ => Error::config(format!("the service refuses to sign in ({said})")),
        }
        .with_internal(if code.is_empty() { "no error code" } else { code }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::FailureType;
    use serde_json::json;
    use std::cell::Cell;

    #[test]
    fn a_lifetime_is_a_number_or_its_text_and_nothing_else() {
        let seconds = |value: Value| lifetime(&value).map(|lifetime| lifetime.as_secs_f64());
        assert_eq!(seconds(json!(3600)), Some(3600.0));
        assert_eq!(seconds(json!(" 3600 ")), Some(3600.0));
        assert_eq!(seconds(json!(59.5)), Some(59.5));
        let none =
            [json!(null), json!(0), json!(-1), json!("soon"), json!("NaN"), json!(1e300), json!([3600])];
        for value in none {
            assert_eq!(lifetime(&value), None, "{value}");
        }
    }

    #[test]
    fn another_refresh_token_is_to_be_saved_and_the_same_is_not() {
        let old = Secret::from("r-1");
        let hidden = Cell::new(0);
        let read = |answer: Value, path| {
            let hide = |secrets: &[&str]| hidden.set(secrets.iter().map(|secret| secret.len()).sum());
            read(answer, Duration::ZERO, Some(&old), path, hide).unwrap()
        };
        let granted = read(json!({"access_token": "a", "refresh_token": "r-2", "id_token": "i"}), Some("x"));
        assert_eq!((hidden.get(), granted.homeless.is_some()), ("ar-2i".len(), false));
        assert!(granted.token.save(None).is_err());
        let granted = read(json!({"access_token": "a", "refresh_token": "r-2"}), None);
        assert_eq!(granted.homeless.as_ref().map(Secret::expose), Some("r-2"));
        for (answer, path) in [
            (json!({"access_token": "a", "refresh_token": "r-1"}), Some("x")),
            (json!({"access_token": "a", "refresh_token": null}), Some("x")),
            (json!({"access_token": "a"}), Some("x")),
            (json!({"access_token": "a", "refresh_token": "r-2"}), None),
        ] {
            assert!(read(answer.clone(), path).token.save(None).is_ok(), "{answer}");
        }
    }

    #[test]
    fn an_answer_without_a_token_is_not_quoted() {
        for (answer, kind) in [
            (json!({"access_token": 5, "refresh_token": "r-2"}), FailureType::SystemError),
            (json!({"access_token": "", "error": null}), FailureType::SystemError),
            (json!(["r-2"]), FailureType::SystemError),
            (json!({"error": "invalid_grant"}), FailureType::ConfigError),
            (json!({"error": "server_error"}), FailureType::TransientError),
        ] {
            let error = read(answer, Duration::ZERO, Some(&"r-1".into()), None, |_| ()).err().unwrap();
            assert_eq!(error.failure_type(), kind, "{error:?}");
            assert!(!format!("{error:?}").contains("r-2"), "{error:?}");
        }
    }

    #[test]
    fn a_refusal_says_who_must_do_what() {
        let refused = |status, body: Value, signed_in| {
            refused(&ErrorResponse::new(status, body.to_string().as_bytes()), signed_in)
        };
        let words = |status, body, signed_in| refused(status, body, signed_in).unwrap().message().to_owned();
        let text = words(400, json!({"error": "invalid_grant", "error_description": "Token revoked."}), true);
        assert!(text.contains("sign in again") && text.contains("Token revoked."), "{text}");
        let text = words(401, json!({"error": "invalid_client"}), false);
        assert!(text.contains("client secret") && !text.contains("sign in again"), "{text}");
        assert!(words(400, json!({"error": "invalid_grant"}), false).contains("client secret"));
        assert!(words(401, json!("<html>"), true).contains("client secret"));
        assert!(words(400, json!({"error": "invalid_scope"}), true).contains("permissions"));
        assert!(words(404, json!({}), true).contains("HTTP 404"));
        for status in [301, 408, 429, 500, 503] {
            assert!(refused(status, json!({"error": "invalid_grant"}), true).is_none(), "{status}");
        }
    }
}
