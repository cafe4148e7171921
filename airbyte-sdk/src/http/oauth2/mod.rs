//! OAuth 2.0: signing in with tokens that a service hands out for a while.

mod answer;
mod token_request;
mod session;
mod tokens;

pub(super) use self::session::Session;
pub(super) use self::token_request::TokenRequest;

use super::headers::trimmed;
use crate::secret::Secret;
use std::fmt::Display;

/// A sign-in by OAuth 2.0: the client asks for an access token when one is needed, and again shortly before it expires or
/// when the service refuses it.
///
/// It can be made anew from the configuration wherever it is needed: sign-ins that are described alike share one token
/// for the whole run, across streams and threads.
///
/// Without a user, by the connector's own ID and secret:
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
/// For a user who has signed in once, which has left a refresh token in the configuration:
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
/// | the token endpoint says | error |
/// | --- | --- |
/// | `invalid_grant` | config: sign in again |
/// | `invalid_client`, `unauthorized_client` | config: check the client ID and secret |
/// | another refusal | config |
/// | 408, 429, 5xx, or nothing | transient, after the usual attempts |
///
/// A request for a token keeps to the same limits as any other, and counts within the rate limit.
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
    /// Signs in with the client's own ID and secret.
    #[must_use]
    pub fn client_credentials(
        token_url: impl Display,
        client_id: impl Display,
        client_secret: &Secret,
    ) -> Self {
        Self::new(token_url, client_id, Grant::ClientCredentials).client_secret(client_secret)
    }

    /// Signs in with the refresh token that a user has given.
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

    /// The secret that belongs to the client's ID. A public client has none.
    #[must_use]
    pub fn client_secret(mut self, client_secret: &Secret) -> Self {
        self.client_secret = Some(client_secret.clone());
        self
    }

    /// Sends ID and secret in the header `Authorization: Basic …` rather than in the body. Services take one of the two,
    /// and many take both.
    #[must_use]
    pub fn client_in_header(mut self) -> Self {
        self.in_header = true;
        self
    }

    /// Asks for this access; several add up.
    #[must_use]
    pub fn scope(mut self, scope: impl Display) -> Self {
        self.scopes.push(scope.to_string());
        self
    }

    /// Adds a parameter to the requests for tokens: `audience`, `resource` and the like.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: impl Display) -> Self {
        self.parameters.push((name.to_owned(), value.to_string()));
        self
    }

    /// Says where the configuration has the refresh token, for services that replace it whenever it is used, so that the
    /// old one is worth nothing afterwards: the keys from the outside in, with dots between.
    ///
    /// A new one is sent to the platform at once, as a CONTROL message with the whole configuration, during `check` as
    /// well. Only when that has been written is the access token used that came with it; a run that is ended meanwhile
    /// waits up to 5 seconds for the new token to be sent.
    #[must_use]
    pub fn rotates(mut self, path: &str) -> Self {
        self.rotates = Some(path.to_owned());
        self
    }

    /// What is asked for; ID and secret are in it unless they go in the header.
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

    /// Whether the other one describes the same sign-in.
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
