//! Authentication: which credentials are sent with a request, and to which hosts.
//!
//! Credentials must reach only the hosts that the author or the user has chosen, never one that a response has chosen. So
//! those of a client with a base URL are sent to the origin of that URL only, redirects are not followed, and next pages
//! are requested at the origin of the first page. All credentials are registered with the run, which masks them in
//! messages.

mod key;

pub(super) use self::key::{Credentials, basic};

use self::key::Key;
use crate::error::{Error, Result};
use crate::http::headers;
use crate::http::oauth2::{OAuth2, Session};
use crate::http::{Client, Http};
use crate::secret::Secret;
use std::borrow::Cow;
use std::fmt::Display;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use ureq::http::Uri;

/// How to authenticate at an API: with an API key, a token or a password, or by [`OAuth2`], which converts into an
/// `Auth`.
///
/// Set it for all requests of a client, or for one:
///
/// ```no_run
/// # use airbyte_sdk::{Http, Result, Secret, http::Auth};
/// # fn example(http: &Http, key: &Secret) -> Result<()> {
/// let http = http.base_url("https://api.example").auth(Auth::bearer(key));
/// http.get("/days").send()?;
/// http.get("/admin").auth(Auth::basic("admin", key)).send()?;
/// # Ok(())
/// # }
/// ```
///
/// Whitespace around credentials, which is often copied along, is removed. Credentials that are blank, or contain a
/// character that cannot be sent, are a config error before anything is sent.
///
/// Credentials are masked in every log, trace and error, even if they are not in the configuration: those of each
/// request while it is in use, and the 1024 most recently used ones ([`Secret`] says more).
#[derive(Clone)]
pub struct Auth(Kind);

#[derive(Clone)]
enum Kind {
    Key(Key),
    OAuth2(Box<OAuth2>),
}

impl Auth {
    /// Sends a token in the header `Authorization: Bearer …`.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Http, Result, Secret, http::Auth};
    /// # fn example(http: &Http, token: &Secret) -> Result<()> {
    /// http.get("https://api.example/days").auth(Auth::bearer(token)).send()?;
    /// // The same, in short:
    /// http.get("https://api.example/days").bearer(token).send()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn bearer(token: &Secret) -> Self {
        Self(Kind::Key(Key::Bearer(token.clone())))
    }

    /// Sends an API key in the header with this name.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Http, Result, Secret, http::Auth};
    /// # fn example(http: &Http, key: &Secret) -> Result<()> {
    /// http.get("https://api.example/days").auth(Auth::api_key_header("X-Api-Key", key)).send()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn api_key_header(name: &str, key: &Secret) -> Self {
        Self(Kind::Key(Key::Header(name.to_owned(), key.clone())))
    }

    /// Sends an API key in this query parameter of the URL. It replaces a parameter of this name that the URL already
    /// has, for example as the link to a next page. The API's logs may contain the key; those of the connector never
    /// do.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Http, Result, Secret, http::Auth};
    /// # fn example(http: &Http, key: &Secret) -> Result<()> {
    /// http.get("https://api.example/days").auth(Auth::api_key_query("api_key", key)).send()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn api_key_query(name: &str, key: &Secret) -> Self {
        Self(Kind::Key(Key::Query(name.to_owned(), key.clone())))
    }

    /// Sends a user and a password in the header `Authorization: Basic …`. APIs that take an API key in place of one
    /// of them expect the other to be empty or a fixed value.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Http, Result, Secret, http::Auth};
    /// # fn example(http: &Http, user: &str, password: &Secret) -> Result<()> {
    /// http.get("https://api.example/days").auth(Auth::basic(user, password)).send()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn basic(user: impl Display, password: &Secret) -> Self {
        Self(Kind::Key(Key::Basic(user.to_string(), password.clone())))
    }

    /// Registers the credentials with the run, which masks them in messages.
    pub(in crate::http) fn authenticator(self, client: &Client) -> Authenticator {
        match self.0 {
            Kind::Key(key) => {
                client.hide(&[key.secret().expose()]);
                Authenticator::Key(key)
            }
            Kind::OAuth2(oauth2) => Authenticator::Session(client.session(*oauth2)),
        }
    }
}

impl From<OAuth2> for Auth {
    fn from(oauth2: OAuth2) -> Self {
        Self(Kind::OAuth2(Box::new(oauth2)))
    }
}

/// How a request authenticates.
#[derive(Clone)]
pub(in crate::http) enum Authenticator {
    Key(Key),
    Session(Arc<Session>),
}

/// The tokens that one request has tried.
#[derive(Default)]
pub(in crate::http) struct TriedTokens {
    /// The number of the last token, and the time until which it is used.
    last: Option<(u64, Option<Duration>)>,
    /// Whether a token was rejected.
    rejected: bool,
}

impl Authenticator {
    /// Returns what is sent with one attempt. Requests a token if necessary.
    pub(in crate::http) fn credentials(&self, http: &Http, tried: &mut TriedTokens) -> Result<Credentials> {
        // Each attempt marks the secret as used, so that it stays among the masked ones.
        if let Self::Key(key) = self {
            http.client.hide(&[key.secret().expose()]);
        }
        match self {
            Self::Key(key) => key.credentials(),
            Self::Session(session) => {
                let (number, token) = session.token(http)?;
                http.client.hide(&[token.secret().expose()]);
                tried.last = Some((number, token.until()));
                let token = token.secret().expose();
                if let Some(fault) = headers::fault(token) {
                    return Err(Error::system(format!("the access token from the token endpoint {fault}")));
                }
                Ok(Credentials::authorization(format!("Bearer {token}")))
            }
        }
    }

    /// Checks that the credentials can be sent, as far as that is known before the first request.
    pub(in crate::http) fn check(&self, client: &Client) -> Result<()> {
        match self {
            Self::Key(key) => key.credentials().map(drop),
            Self::Session(session) => session.check(client),
        }
    }

    /// Returns whether the credentials that were tried last have neither expired nor been rejected, as far as is known.
    pub(in crate::http) fn is_usable(&self, now: Duration, tried: &TriedTokens) -> bool {
        let (Self::Session(session), Some((number, until))) = (self, tried.last) else { return true };
        until.is_none_or(|until| now < until) && !session.is_rejected(number)
    }

    /// Records that the API rejected the credentials (401), for all requests with the same token. Returns whether to try
    /// a new token: once per request.
    pub(in crate::http) fn rejected(&self, tried: &mut TriedTokens) -> bool {
        let (Self::Session(session), Some((number, _))) = (self, tried.last) else { return false };
        let first = !std::mem::replace(&mut tried.rejected, true);
        if first {
            // If a new token is rejected at once, the token is not the reason.
            session.reject(number);
        }
        first
    }
}

impl Client {
    pub(in crate::http) fn hide(&self, secrets: &[&str]) {
        if let Some(config) = &self.config {
            config.output().hide_in_use(secrets);
        }
    }

    /// Masks known secrets in a text. Text must be masked before it is cut or quoted in part.
    pub(in crate::http) fn scrub<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.config.as_ref().map_or(Cow::Borrowed(text), |config| config.output().scrub(text))
    }

    /// Warns, once per host, that credentials are sent unencrypted.
    pub(in crate::http) fn warn_if_unencrypted(&self, url: &str) {
        if unencrypted_host(url).is_none() {
            return;
        }
        let host = unencrypted_host(&self.scrub(url)).unwrap_or_else(|| "the API".to_owned());
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if !warned.contains(&host) {
            log::warn!("sending credentials to {host} over unencrypted HTTP; use https");
            warned.push(host);
        }
    }
}

/// Returns the host if requests to it are not encrypted: plain http to another machine.
fn unencrypted_host(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let host = uri.host()?.to_ascii_lowercase();
    let name = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    let here = name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    (uri.scheme_str() == Some("http") && !here).then_some(host)
}

/// Returns whether two URLs have the same origin: scheme, host and port.
pub(in crate::http) fn same_origin(one: &str, other: &str) -> bool {
    let origin = |url: &str| {
        let uri: Uri = url.parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let port = uri.port_u16().unwrap_or(if scheme == "http" { 80 } else { 443 });
        Some((scheme, uri.host()?.to_ascii_lowercase(), port))
    };
    origin(one).is_some_and(|one| origin(other) == Some(one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Http;
    use crate::output::{Lines, Memory, Output};
    use crate::saved_config::SavedConfig;

    #[test]
    fn api_key_in_the_query_replaces_another() {
        let credentials = Credentials::Query("api key".to_owned(), "a&b=c".into());
        for (url, requested) in [
            ("https://a.example/b", "https://a.example/b?api%20key=a%26b%3Dc"),
            ("https://a.example/b?", "https://a.example/b?api%20key=a%26b%3Dc"),
            ("https://a.example/b?x=?&y", "https://a.example/b?x=?&y&api%20key=a%26b%3Dc"),
            ("/b?api%20key=old&x=1&api%20key", "/b?x=1&api%20key=a%26b%3Dc"),
        ] {
            assert_eq!(credentials.url(url.to_owned()), requested);
        }
    }

    #[test]
    fn basic_authentication_rejects_a_colon_in_the_user_name() {
        assert_eq!(basic("Aladdin", "open:sesame").unwrap(), "Basic QWxhZGRpbjpvcGVuOnNlc2FtZQ==");
        assert!(basic("a:b", "c").is_err());
    }

    #[test]
    fn key_in_use_stays_masked_among_many_others() {
        let output = Output::to(Lines::new(Box::new(Memory::default())));
        let http = Http::new("test", "0", Vec::new(), Some(SavedConfig::new(output.clone())));
        let key = Auth::bearer(&"the-key-of-all-requests".into()).authenticator(&http.client);
        for number in 0..3_000 {
            let signature = Secret::from(&*format!("signature-{number}"));
            let _ = Auth::api_key_header("X-Signature", &signature).authenticator(&http.client);
            key.credentials(&http, &mut TriedTokens::default()).unwrap();
        }
        assert_eq!(output.scrub("the-key-of-all-requests, signature-2999"), "****, ****");
        assert_eq!(output.scrub("signature-0"), "signature-0");
    }

    #[test]
    fn only_plain_http_to_another_machine_is_unencrypted() {
        for (url, host) in [
            ("http://Api.Example:8080/a", Some("api.example")),
            ("http://10.0.0.1/", Some("10.0.0.1")),
            ("http://[2001:db8::1]:80/", Some("[2001:db8::1]")),
            ("http://127.0.0.1.example/", Some("127.0.0.1.example")),
            ("https://api.example/", None),
            ("http://127.8.9.1:1/", None),
            ("http://[::1]:1/", None),
            ("http://LOCALHOST./", None),
            ("http://a.localhost/", None),
            ("no url", None),
        ] {
            assert_eq!(unencrypted_host(url).as_deref(), host, "{url}");
        }
    }

    #[test]
    fn origin_is_scheme_host_and_port() {
        let home = "https://api.example";
        for (url, same) in [
            ("https://API.example:443/a?b", true),
            ("https://api.example:444/", false),
            ("http://api.example/", false),
            ("http://api.example:443/", false),
            ("https://api.example.evil/", false),
            ("https://api.example@evil/", false),
            ("/a", false),
        ] {
            assert_eq!(same_origin(home, url), same, "{url}");
        }
    }
}
