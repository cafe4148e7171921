//! Credentials that do not change during a run, and how they are sent.

use crate::error::{Error, Result};
use crate::http::headers::{self, check_name, trimmed};
use crate::http::request::ESCAPED;
use crate::http::url::without_parameter;
use crate::secret::Secret;
use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::utf8_percent_encode;

/// An API key, a token or a password that is the same for every request.
#[derive(Clone)]
pub(in crate::http) enum Key {
    Bearer(Secret),
    Header(String, Secret),
    Query(String, Secret),
    Basic(String, Secret),
}

impl Key {
    pub(super) fn secret(&self) -> &Secret {
        let (Self::Bearer(secret)
        | Self::Header(_, secret)
        | Self::Query(_, secret)
        | Self::Basic(_, secret)) = self;
        secret
    }
}

impl Key {
    /// Returns what is sent with a request; a config error if it cannot be sent.
    pub(super) fn credentials(&self) -> Result<Credentials> {
        Ok(match self {
            Self::Bearer(token) => {
                let token = sendable(token, "the Authorization header")?;
                Credentials::authorization(format!("Bearer {token}"))
            }
            Self::Header(name, key) => {
                check_name(name)?;
                Credentials::Header(name.clone(), sendable(key, &format!("the header {name}"))?.into())
            }
            Self::Query(name, key) => {
                let place = format!("the URL parameter `{name}`");
                Credentials::Query(name.clone(), not_blank(key, &place)?.into())
            }
            Self::Basic(user, password) => Credentials::authorization(basic(user, password.expose())?),
        })
    }
}

fn not_blank<'a>(key: &'a Secret, place: &str) -> Result<&'a str> {
    match trimmed(key.expose()) {
        "" => {
            Err(Error::config(format!("the API key or token for {place} is empty; check the configuration")))
        }
        key => Ok(key),
    }
}

/// Returns the key as it is sent in a header.
fn sendable<'a>(key: &'a Secret, place: &str) -> Result<&'a str> {
    if let Some(fault) = headers::fault(key.expose()) {
        return Err(Error::config(format!("the API key or token for {place} {fault}; copy it again")));
    }
    not_blank(key, place)
}

/// Returns the value of an `Authorization` header for basic authentication.
pub(in crate::http) fn basic(user: &str, password: &str) -> Result<String> {
    let (user, password) = (trimmed(user), trimmed(password));
    if user.contains(':') {
        // The API would take the rest of the user name for the password.
        return Err(Error::config(
            "the user name must not contain a colon (HTTP basic authentication); check the configuration",
        ));
    }
    if user.is_empty() && password.is_empty() {
        return Err(Error::config(
            "the user name and the password for the Authorization header are both empty; check the configuration",
        ));
    }
    Ok(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
}

/// What is sent with one attempt.
pub(in crate::http) enum Credentials {
    Header(String, Secret),
    Query(String, Secret),
}

impl Credentials {
    pub(super) fn authorization(value: String) -> Self {
        Self::Header("Authorization".to_owned(), (*value).into())
    }

    pub(in crate::http) fn header(&self) -> Option<(&str, &str)> {
        match self {
            Self::Header(name, value) => Some((name, value.expose())),
            Self::Query(..) => None,
        }
    }

    /// Adds the credentials to a URL, if they are sent there.
    pub(in crate::http) fn url(&self, url: String) -> String {
        let Self::Query(name, key) = self else { return url };
        let url = without_parameter(&url, name);
        let (name, key) = (utf8_percent_encode(name, ESCAPED), utf8_percent_encode(key.expose(), ESCAPED));
        format!("{url}{}{name}={key}", if url.contains('?') { '&' } else { '?' })
    }
}
