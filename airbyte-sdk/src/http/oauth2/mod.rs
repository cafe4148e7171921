//! OAuth 2.0: authentication with access tokens that expire.
//!
//! All threads of a run share one token. The thread that needs a new one requests it, the others wait for its result,
//! also for its failure (`tokens`). A token request waits for the rate limit and is retried like any other
//! (`session`).
//!
//! Some APIs replace the refresh token each time it is used, and the old one then no longer works: if the new one is
//! lost, the user must authenticate again. So the new refresh token is sent to the platform before the access token
//! that came with it can be used, and none is requested after the run has ended, when it could not be saved
//! (`token_request`).

mod token_response;
mod token_request;
mod session;
mod tokens;

pub(super) use self::session::Session;
pub(super) use self::token_request::TokenRequest;

use super::headers::trimmed;
use crate::secret::Secret;
use std::fmt::Display;

/// Authentication by OAuth 2.0. The client requests an access token when one is needed, and a new one shortly before
/// it expires or when the API rejects it.
///
/// You can create it from the configuration wherever it is needed: equal ones share one token for the whole run,
/// across streams and threads.
///
/// With the connector's own ID and secret (client credentials):
///
/// ```no_run
/// # use airbyte_sdk::{Http, Result, Secret, http::OAuth2};
/// # struct Config { client_id: String, client_secret: Secret }
/// # fn example(http: &Http, config: &Config) -> Result<()> {
/// let oauth2 = OAuth2::client_credentials("https://login.example/token", &config.client_id, &config.client_secret)
///     .scope("days.read")
///     .parameter("audience", "https://api.example");
/// http.base_url("https://api.example").auth(oauth2).get("/days").send()?;
/// # Ok(())
/// # }
/// ```
///
/// With a refresh token, which a user has authorized and the configuration contains:
///
/// ```no_run
/// # use airbyte_sdk::{Http, Result, Secret, http::OAuth2};
/// # struct Credentials { client_id: String, client_secret: Secret, refresh_token: Secret }
/// # struct Config { credentials: Credentials }
/// # fn example(http: &Http, config: &Config) -> Result<()> {
/// let given = &config.credentials;
/// let oauth2 = OAuth2::refresh_token("https://login.example/token", &given.client_id, &given.refresh_token)
///     .client_secret(&given.client_secret)
///     .rotates("credentials.refresh_token");
/// http.base_url("https://api.example").auth(oauth2).get("/days").send()?;
/// # Ok(())
/// # }
/// ```
///
/// | response of the token endpoint | error |
/// | --- | --- |
/// | `invalid_grant` | config: authenticate again (with a refresh token), or check the client ID and secret |
/// | `invalid_client`, `unauthorized_client` | config: check the client ID and secret |
/// | `server_error`, `temporarily_unavailable` | transient |
/// | another error response | config |
/// | 408, 429, 5xx, or no response | transient, after the usual retries |
///
/// A token request has the same timeouts and retries as any other, and counts within the rate limit.
#[derive(Clone)]
pub struct OAuth2 {
    token_url: String,
    grant: Grant,
    client_id: String,
    client_secret: Option<Secret>,
    in_header: bool,
    scopes: Vec<String>,
    parameters: Vec<(String, String)>,
    rotates: Option<String>,
}

#[derive(Clone)]
enum Grant {
    ClientCredentials,
    RefreshToken(Secret),
}

impl OAuth2 {
    /// Authenticates with the client's own ID and secret.
    #[must_use]
    pub fn client_credentials(
        token_url: impl Display,
        client_id: impl Display,
        client_secret: &Secret,
    ) -> Self {
        Self::new(token_url, client_id, Grant::ClientCredentials).client_secret(client_secret)
    }

    /// Authenticates with a refresh token.
    #[must_use]
    pub fn refresh_token(token_url: impl Display, client_id: impl Display, refresh_token: &Secret) -> Self {
        Self::new(token_url, client_id, Grant::RefreshToken(refresh_token.clone()))
    }

    fn new(token_url: impl Display, client_id: impl Display, grant: Grant) -> Self {
        Self {
            token_url: token_url.to_string(),
            grant,
            client_id: client_id.to_string(),
            client_secret: None,
            in_header: false,
            scopes: Vec::new(),
            parameters: Vec::new(),
            rotates: None,
        }
    }

    /// Sets the secret that belongs to the client ID. A public client has none.
    #[must_use]
    pub fn client_secret(mut self, client_secret: &Secret) -> Self {
        self.client_secret = Some(client_secret.clone());
        self
    }

    /// Sends client ID and secret in the header `Authorization: Basic …` instead of the body. APIs accept one of the
    /// two, and many accept both.
    #[must_use]
    pub fn client_in_header(mut self) -> Self {
        self.in_header = true;
        self
    }

    /// Requests this scope. May be called several times.
    #[must_use]
    pub fn scope(mut self, scope: impl Display) -> Self {
        self.scopes.push(scope.to_string());
        self
    }

    /// Adds a parameter to the token requests, such as `audience` or `resource`.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: impl Display) -> Self {
        self.parameters.push((name.to_owned(), value.to_string()));
        self
    }

    /// Sets the path of the refresh token in the configuration, with dots between the keys. Required for APIs that
    /// replace the refresh token each time it is used, and then reject the old one.
    /// A new refresh token is sent to the platform at once, also during `check`, as a CONTROL message with the whole
    /// configuration. The access token that came with it is used only after that message has been written. A run that
    /// is ended from outside in the meantime waits up to 5 seconds for it.
    #[must_use]
    pub fn rotates(mut self, path: &str) -> Self {
        self.rotates = Some(path.to_owned());
        self
    }

    /// Returns the fields of a token request, with ID and secret unless they are sent in the header.
    fn form<'a>(&'a self, refresh_token: Option<&'a Secret>) -> Vec<(&'a str, String)> {
        let sent = |secret: &Secret| trimmed(secret.expose()).to_owned();
        let mut form = match refresh_token {
            None => vec![("grant_type", "client_credentials".to_owned())],
            Some(token) => {
                vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", sent(token))]
            }
        };
        if !self.in_header {
            form.push(("client_id", trimmed(&self.client_id).to_owned()));
            form.extend(self.client_secret.as_ref().map(|secret| ("client_secret", sent(secret))));
        }
        if !self.scopes.is_empty() {
            form.push(("scope", self.scopes.join(" ")));
        }
        form.extend(self.parameters.iter().map(|(name, value)| (name.as_str(), value.clone())));
        form
    }

    /// Returns whether both describe the same authentication.
    fn is_same_as(&self, other: &Self) -> bool {
        let given = |oauth2: &Self| match &oauth2.grant {
            Grant::ClientCredentials => None,
            Grant::RefreshToken(token) => Some(token.clone()),
        };
        let secret = |oauth2: &Self| oauth2.client_secret.as_ref().map(|secret| secret.expose().to_owned());
        self.token_url == other.token_url
            && self.client_id == other.client_id
            && secret(self) == secret(other)
            && self.in_header == other.in_header
            && self.rotates == other.rotates
            && self.form(given(self).as_ref()) == other.form(given(other).as_ref())
    }
}
