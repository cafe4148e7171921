//! The response of a token endpoint: a token, or an error.

use super::tokens::Token;
use crate::error::{Error, Result};
use crate::http::ErrorResponse;
use crate::http::retry::is_transient;
use crate::saved_config::Unsaved;
use crate::secret::Secret;
use serde_json::Value;
use std::time::Duration;

/// A successful response. The access token is available after the refresh token that came with it was saved.
pub(super) struct TokenResponse {
    pub(super) token: Unsaved<Token>,
    /// A new refresh token for which the connector has not set a path.
    pub(super) unsaved_refresh_token: Option<Secret>,
}

/// Reads the response with status 2xx to a request that was sent at this time with this refresh token. `saved_at` is
/// the path of the refresh token in the configuration. Secrets are masked before anything else, and no error quotes
/// the response beyond its error message.
pub(super) fn read(
    response: Value,
    sent: Duration,
    old: Option<&Secret>,
    saved_at: Option<&str>,
    hide: impl FnOnce(&[&str]),
) -> Result<TokenResponse> {
    let text = |key| response.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    // The message of an error response is quoted, and the response may contain a token as well.
    hide(&["access_token", "refresh_token", "id_token"].map(|key| text(key).unwrap_or_default()));
    let Some(access_token) = text("access_token") else {
        if response.get("error").is_some_and(|error| !error.is_null()) {
            // Some APIs send errors with a status of 2xx.
            let response = ErrorResponse::new(400, response.to_string().as_bytes());
            return Err(described(&response, None, old.is_some()));
        }
        return Err(Error::system("the response of the token endpoint has no `access_token`"));
    };
    let lifetime = response.get("expires_in").and_then(lifetime);
    let refresh_token: Option<Secret> =
        old.and_then(|old| text("refresh_token").filter(|new| *new != old.expose())).map(Secret::from);
    let token = Token::new(access_token.into(), sent, lifetime);
    Ok(match (refresh_token, saved_at) {
        (Some(new), Some(path)) => TokenResponse {
            token: Unsaved::new(token, Some((path.to_owned(), new))),
            unsaved_refresh_token: None,
        },
        (unsaved_refresh_token, _) => {
            TokenResponse { token: Unsaved::new(token, None), unsaved_refresh_token }
        }
    })
}

/// Returns the lifetime of a token: a number, which some APIs send as a string. Zero and invalid numbers are ignored.
fn lifetime(expires_in: &Value) -> Option<Duration> {
    let seconds = expires_in.as_f64().or_else(|| expires_in.as_str()?.trim().parse().ok())?;
    Duration::try_from_secs_f64(seconds).ok().filter(|lifetime| !lifetime.is_zero())
}

/// Maps an error response; `None` keeps the default error of the status. With `has_refresh_token`, a user can authenticate
/// again.
pub(super) fn error_of(response: &ErrorResponse, has_refresh_token: bool) -> Option<Error> {
    let status = response.status();
    let is_permanent = (400..500).contains(&status) && !is_transient(status);
    is_permanent.then(|| described(response, Some(status), has_refresh_token))
}

/// Returns the error that the body describes. A body that came with a status of 2xx has no status to be shown.
fn described(response: &ErrorResponse, status: Option<u16>, has_refresh_token: bool) -> Error {
    let code = response.body().get("error").and_then(Value::as_str).unwrap_or_default();
    let description = response.body().get("error_description").and_then(Value::as_str).map(str::trim);
    let quoted = description.filter(|text| !text.is_empty()).or_else(|| response.message());
    let quoted = quoted.map_or_else(String::new, |text| format!(": \"{text}\""));
    let suffix = format!("{}{quoted}", status.map_or_else(String::new, |status| format!(" (HTTP {status})")));
    let client =
        format!("the token endpoint rejected the client ID or the client secret{suffix}; check both");
    let error = match code {
        "invalid_grant" if has_refresh_token => Error::config(format!(
            "the token endpoint reports that the authorization has expired or was revoked{suffix}; authenticate again"
        )),
        "invalid_client" | "unauthorized_client" if has_refresh_token => {
            Error::config(format!("{client}, or authenticate again"))
        }
        "invalid_grant" | "invalid_client" | "unauthorized_client" => Error::config(client),
        "invalid_scope" => Error::config(format!(
            "the token endpoint does not grant the requested scopes{suffix}; check the permissions of the account"
        )),
        "server_error" | "temporarily_unavailable" => {
            Error::transient(format!("the token endpoint is temporarily unavailable{suffix}"))
        }
        _ if status == Some(401) => Error::config(client),
        _ => {
            Error::config(format!("the token endpoint rejected the request{suffix}; check the configuration"))
        }
    };
    error.with_internal(if code.is_empty() { "no error code" } else { code })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::FailureType;
    use serde_json::json;
    use std::cell::Cell;

    #[test]
    fn lifetime_is_a_number_or_a_numeric_string() {
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
    fn only_a_new_refresh_token_is_saved() {
        let old = Secret::from("r-1");
        let hidden = Cell::new(0);
        let read = |response: Value, path| {
            let hide = |secrets: &[&str]| hidden.set(secrets.iter().map(|secret| secret.len()).sum());
            read(response, Duration::ZERO, Some(&old), path, hide).unwrap()
        };
        let granted = read(json!({"access_token": "a", "refresh_token": "r-2", "id_token": "i"}), Some("x"));
        assert_eq!((hidden.get(), granted.unsaved_refresh_token.is_some()), ("ar-2i".len(), false));
        assert!(granted.token.save(None).is_err());
        let granted = read(json!({"access_token": "a", "refresh_token": "r-2"}), None);
        assert_eq!(granted.unsaved_refresh_token.as_ref().map(Secret::expose), Some("r-2"));
        for (response, path) in [
            (json!({"access_token": "a", "refresh_token": "r-1"}), Some("x")),
            (json!({"access_token": "a", "refresh_token": null}), Some("x")),
            (json!({"access_token": "a"}), Some("x")),
            (json!({"access_token": "a", "refresh_token": "r-2"}), None),
        ] {
            assert!(read(response.clone(), path).token.save(None).is_ok(), "{response}");
        }
    }

    #[test]
    fn response_without_a_token_is_not_quoted() {
        for (response, kind) in [
            (json!({"access_token": 5, "refresh_token": "r-2"}), FailureType::SystemError),
            (json!({"access_token": "", "error": null}), FailureType::SystemError),
            (json!(["r-2"]), FailureType::SystemError),
            (json!({"error": "invalid_grant"}), FailureType::ConfigError),
            (json!({"error": "server_error"}), FailureType::TransientError),
        ] {
            let error = read(response, Duration::ZERO, Some(&"r-1".into()), None, |_| ()).err().unwrap();
            assert_eq!(error.failure_type(), kind, "{error:?}");
            assert!(!format!("{error:?}").contains("r-2"), "{error:?}");
        }
    }

    #[test]
    fn error_response_says_what_to_do() {
        let mapped = |status, body: Value, has_refresh_token| {
            error_of(&ErrorResponse::new(status, body.to_string().as_bytes()), has_refresh_token)
        };
        for (status, body, has_refresh_token, expected) in [
            (
                400,
                json!({"error": "invalid_grant", "error_description": "Token revoked."}),
                true,
                "the token endpoint reports that the authorization has expired or was revoked (HTTP 400): \"Token revoked.\"; \
                 authenticate again",
            ),
            (
                401,
                json!({"error": "invalid_client"}),
                false,
                "the token endpoint rejected the client ID or the client secret (HTTP 401): \"invalid_client\"; check both",
            ),
            (
                400,
                json!({"error": "invalid_grant"}),
                false,
                "the token endpoint rejected the client ID or the client secret (HTTP 400): \"invalid_grant\"; check both",
            ),
            (
                401,
                json!("<html>"),
                true,
                "the token endpoint rejected the client ID or the client secret (HTTP 401); check both",
            ),
            (
                400,
                json!({"error": "invalid_scope"}),
                true,
                "the token endpoint does not grant the requested scopes (HTTP 400): \"invalid_scope\"; check the \
                 permissions of the account",
            ),
            (
                404,
                json!({}),
                true,
                "the token endpoint rejected the request (HTTP 404); check the configuration",
            ),
        ] {
            assert_eq!(mapped(status, body, has_refresh_token).unwrap().message(), expected);
        }
        for status in [301, 408, 429, 500, 503] {
            assert!(mapped(status, json!({"error": "invalid_grant"}), true).is_none(), "{status}");
        }
    }
}
