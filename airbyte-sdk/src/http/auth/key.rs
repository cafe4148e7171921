//! A key, a token or a password, and what it becomes in a request.

use crate::error::{Error, Result};
use crate::http::headers::{self, check_name, trimmed};
use crate::http::request::ESCAPED;
use crate::http::url::without_parameter;
use crate::secret::Secret;
use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::utf8_percent_encode;

/// What is the same for every request.
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
    /// What goes with a request; a config error if that cannot be sent.
    pub(super) fn pass(&self) -> Result<Pass> {
        Ok(match self {
            Self::Bearer(token) => {
                let token = sendable(token, "the Authorization header")?;
                Pass::authorization(format!("Bearer {token}"))
            }
            Self::Header(name, key) => {
                check_name(name)?;
                Pass::Header(name.clone(), sendable(key, &format!("the header {name}"))?.into())
            }
            Self::Query(name, key) => {
                let place = format!("the URL parameter `{name}`");
                Pass::Query(name.clone(), not_blank(key, &place)?.into())
            }
            Self::Basic(user, password) => Pass::authorization(basic(user, password.expose())?),
        })
    }
}

fn not_blank<'a>(key: &'a Secret, place: &str) -> Result<&'a str> {
    match trimmed(key.expose()) {
        "" => Err(Error::config(format!("the key for {place} is empty; check the configuration"))),
        key => Ok(key),
    }
}

/// The key as it is sent in a header.
fn sendable<'a>(key: &'a Secret, place: &str) -> Result<&'a str> {
    if let Some(fault) = headers::fault(key.expose()) {
        return Err(Error::config(format!("the key for {place} {fault}; copy the key again")));
    }
    not_blank(key, place)
}

/// The value of an `Authorization` header.
pub(in crate::http) fn basic(user: &str, password: &str) -> Result<String> {
    let (user, password) = (trimmed(user), trimmed(password));
    if user.contains(':') {
        // The service would take what follows for the password.
        return Err(Error::config("a user name must not contain a colon (HTTP basic authentication)"));
    }
    if user.is_empty() && password.is_empty() {
        return Err(Error::config(
            "the user name and the password for the Authorization header are both empty; check the configuration",
        ));
    }
    Ok(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
}

/// What one attempt carries.
pub(in crate::http) enum Pass {
    Header(String, Secret),
    Query(String, Secret),
}

impl Pass {
    pub(super) fn authorization(value: String) -> Self {
        Self::Header("Authorization".to_owned(), (*value).into())
    }

    pub(in crate::http) fn header(&self) -> Option<(&str, &str)> {
        match self {
            Self::Header(name, value) => Some((name, value.expose())),
            Self::Query(..) => None,
        }
    }

    /// The URL as it is asked for.
    pub(in crate::http) fn url(&self, url: String) -> String {
        let Self::Query(name, key) = self else { return url };
        let url = without_parameter(&url, name);
        let (name, key) = (utf8_percent_encode(name, ESCAPED), utf8_percent_encode(key.expose(), ESCAPED));
        format!("{url}{}{name}={key}", if url.contains('?') { '&' } else { '?' })
    }
}
