//! The use of one [`OAuth2`] in a run: requests tokens, and saves new refresh tokens before anything else is done.

use super::token_response::{self, TokenResponse};
use super::tokens::{Token, Tokens};
use super::{Grant, OAuth2, TokenRequest};
use crate::error::{Error, Result};
use crate::http::auth::basic;
use crate::http::headers::trimmed;
use crate::http::request::ESCAPED;
use crate::http::{Client, Http, url};
use crate::protocol::FailureType;
use crate::secret::Secret;
use percent_encoding::utf8_percent_encode;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

pub(in crate::http) struct Session {
    oauth2: OAuth2,
    tokens: Tokens,
    /// A refresh token that has replaced the given one, but is not saved.
    unsaved: Mutex<Option<Secret>>,
}

impl Client {
    /// Returns the session of this `OAuth2`. A run has one for all equal ones.
    pub(in crate::http) fn session(&self, oauth2: OAuth2) -> Arc<Session> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = sessions.iter().find(|session| session.oauth2.is_same_as(&oauth2)) {
            return Arc::clone(session);
        }
        let session = Arc::new(Session { oauth2, tokens: Tokens::default(), unsaved: Mutex::default() });
        session.hide_secrets(self);
        sessions.push(Arc::clone(&session));
        session
    }
}

impl Session {
    /// Returns an access token that has not been rejected, with its number.
    pub(in crate::http) fn token(&self, http: &Http) -> Result<(u64, Token)> {
        self.tokens.get(&http.client.clock, || self.request_token(http))
    }

    /// Checks that a token can be requested, before the first request for one is sent.
    pub(in crate::http) fn check(&self, client: &Client) -> Result<()> {
        let OAuth2 { token_url, grant, client_id, client_secret, .. } = &self.oauth2;
        let blank = |text: &str| trimmed(text).is_empty();
        let secret = client_secret.as_ref().map(Secret::expose).unwrap_or_default();
        let missing = match grant {
            _ if blank(client_id) => "client ID",
            Grant::ClientCredentials if blank(secret) => "client secret",
            Grant::RefreshToken(token) if blank(token.expose()) => "refresh token",
            _ => {
                return url::fault(token_url).map_or(Ok(()), |fault| {
                    let url = url::shown(&client.scrub(token_url));
                    Err(Error::config(format!("the URL of the token endpoint {url} is not valid: {fault}")))
                });
            }
        };
        Err(Error::config(format!("the {missing} is empty; check the configuration")))
    }

    pub(in crate::http) fn reject(&self, number: u64) {
        self.tokens.reject(number);
    }

    pub(in crate::http) fn is_rejected(&self, number: u64) -> bool {
        self.tokens.is_rejected(number)
    }

    fn hide_secrets(&self, client: &Client) {
        let secret = self.oauth2.client_secret.as_ref().map(Secret::expose).unwrap_or_default();
        // In the header the secret is percent-encoded before it is base64-encoded, so that form is masked as well.
        client.hide(&[secret, &escaped(trimmed(secret))]);
        if let Grant::RefreshToken(token) = &self.oauth2.grant {
            client.hide(&[token.expose()]);
        }
    }

    /// Requests a token. Returns only after a new refresh token has been saved.
    fn request_token(&self, http: &Http) -> Result<Token> {
        let OAuth2 { grant, rotates, .. } = &self.oauth2;
        let client = &http.client;
        let config = client.config.as_deref();
        let (rotation, refresh_token) = match (grant, rotates, config) {
            (Grant::ClientCredentials, ..) => (None, None),
            (Grant::RefreshToken(given), Some(path), Some(config)) => {
                let (rotation, current) = config.rotate(path, given)?;
                (Some(rotation), Some(current))
            }
            (Grant::RefreshToken(given), ..) => {
                (None, Some(self.unsaved().as_ref().unwrap_or(given).clone()))
            }
        };
        self.hide_secrets(client);
        client.hide(&[refresh_token.as_ref().map(Secret::expose).unwrap_or_default()]);
        let token_request = Arc::new(TokenRequest::new(rotation.is_some()));
        let response = self.send(http, refresh_token.as_ref(), &token_request)?;
        let TokenResponse { token, unsaved_refresh_token } = token_response::read(
            response,
            token_request.sent_at(),
            refresh_token.as_ref(),
            rotates.as_deref(),
            |secrets| {
                client.hide(secrets);
            },
        )?;
        if unsaved_refresh_token.is_some() {
            log::warn!(
                "the API has replaced the refresh token, but this connector does not save the new one (it does not set \
                 `OAuth2::rotates`); the user may have to authenticate again before the next sync"
            );
            *self.unsaved() = unsaved_refresh_token;
        }
        token.save(config)
    }

    fn unsaved(&self) -> std::sync::MutexGuard<'_, Option<Secret>> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a token request with the usual limits and retries, but without the headers and credentials that the
    /// author has set, which are for the API.
    fn send(
        &self,
        http: &Http,
        refresh_token: Option<&Secret>,
        token_request: &Arc<TokenRequest>,
    ) -> Result<Value> {
        let OAuth2 { token_url, client_id, client_secret, .. } = &self.oauth2;
        let has_refresh_token = refresh_token.is_some();
        let client = &http.client;
        let http = http
            .without_settings()
            .map_error_response(move |response| token_response::error_of(response, has_refresh_token));
        let mut request = http
            .post(token_url)
            .form(&self.oauth2.form(refresh_token))
            .header("Accept", "application/json")
            .for_token(token_request)
            // It is unknown whether an attempt without a response has used up the refresh token; the next sync would
            // try the same token again as well.
            .idempotent();
        if self.oauth2.in_header {
            let secret = client_secret.as_ref().map(Secret::expose).unwrap_or_default();
            request = request
                .header("Authorization", basic(&escaped(trimmed(client_id)), &escaped(trimmed(secret)))?);
        }
        client.warn_if_unencrypted(token_url);
        request.json().map_err(|error| match error.failure_type() {
            FailureType::ConfigError => error,
            _ => Error::context(error, "while requesting an access token"),
        })
    }
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}
