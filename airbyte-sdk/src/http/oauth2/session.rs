//! One sign-in of a run: asks for tokens, and has new refresh tokens saved before anything else is done.

use super::answer::{self, Granted};
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
    /// A refresh token that has taken the place of the given one, and that nobody saves.
    unsaved: Mutex<Option<Secret>>,
}

impl Client {
    /// The sign-in that is described so; a run has one of each.
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
    /// An access token with its number, other than those that were refused.
    pub(in crate::http) fn token(&self, http: &Http) -> Result<(u64, Token)> {
        self.tokens.get(&http.client.clock, || self.ask(http))
    }

    /// Whether a token can be asked for: before the first request for one, and not only when that is refused.
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

    pub(in crate::http) fn refuse(&self, number: u64) {
        self.tokens.refuse(number);
    }

    pub(in crate::http) fn is_refused(&self, number: u64) -> bool {
        self.tokens.is_refused(number)
    }

    fn hide_secrets(&self, client: &Client) {
        let secret = self.oauth2.client_secret.as_ref().map(Secret::expose).unwrap_or_default();
        // In the header it is escaped before it is encoded, which makes another text of it.
        client.hide(&[secret, &escaped(trimmed(secret))]);
        if let Grant::RefreshToken(token) = &self.oauth2.grant {
            client.hide(&[token.expose()]);
        }
    }

    /// Asks the service for a token. Returns only when what came with it has been saved.
    fn ask(&self, http: &Http) -> Result<Token> {
        let OAuth2 { grant, rotates, .. } = &self.oauth2;
        let client = &http.client;
        let config = client.config.as_deref();
        let (rotation, refresh_token) = match (grant, rotates, config) {
            (Grant::ClientCredentials, ..) => (None, None),
            (Grant::RefreshToken(given), Some(path), Some(config)) => {
                let (rotation, stands) = config.rotate(path, given)?;
                (Some(rotation), Some(stands))
            }
            (Grant::RefreshToken(given), ..) => {
                (None, Some(self.unsaved().as_ref().unwrap_or(given).clone()))
            }
        };
        self.hide_secrets(client);
        client.hide(&[refresh_token.as_ref().map(Secret::expose).unwrap_or_default()]);
        let token_request = Arc::new(TokenRequest::new(rotation.is_some()));
        let answer = self.request(http, refresh_token.as_ref(), &token_request)?;
        let Granted { token, homeless } = answer::read(
            answer,
            token_request.left(),
            refresh_token.as_ref(),
            rotates.as_deref(),
            |secrets| {
                client.hide(secrets);
            },
        )?;
        if homeless.is_some() {
            log::warn!(
                "the service has replaced the refresh token, and this connector does not save the new one; \
                 the next sync may have to sign in again"
            );
            *self.unsaved() = homeless;
        }
        token.save(config)
    }

    fn unsaved(&self) -> std::sync::MutexGuard<'_, Option<Secret>> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same limits, attempts and rules as for every request, but none of the headers and keys that an author has
    /// set: those are for another place.
    fn request(
        &self,
        http: &Http,
        refresh_token: Option<&Secret>,
        token_request: &Arc<TokenRequest>,
    ) -> Result<Value> {
        let OAuth2 { token_url, client_id, client_secret, .. } = &self.oauth2;
        let signed_in = refresh_token.is_some();
        let client = &http.client;
        let http = http.bare().map_error_response(move |response| answer::refused(response, signed_in));
        let mut request = http
            .post(token_url)
            .form(&self.oauth2.form(refresh_token))
            .header("Accept", "application/json")
            .for_token(token_request)
            // Whether a first one that got no answer has used up the refresh token is not known, and the next sync
            // would try it again as well.
            .idempotent();
        if self.oauth2.in_header {
            let secret = client_secret.as_ref().map(Secret::expose).unwrap_or_default();
            request = request
                .header("Authorization", basic(&escaped(trimmed(client_id)), &escaped(trimmed(secret)))?);
        }
        client.warn_if_readable(token_url);
        request.json().map_err(|error| match error.failure_type() {
            FailureType::ConfigError => error,
            _ => Error::context(error, "while signing in"),
        })
    }
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}
