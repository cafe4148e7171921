//! Signing in: what goes with a request so that the service knows who asks, and where it may go.

mod key;

pub(super) use self::key::{Pass, basic};

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

/// How to sign in to a service: with a key or a password, or by [`OAuth2`], which becomes an `Auth` by itself.
///
/// For all requests of a client, or for one:
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
/// White space around a key or a password, as copied along with it, is removed. A key that is blank, or that has a character
/// that cannot be sent, is a config error before anything is sent.
///
/// The key or token is blanked in every log, trace and error, even if it is not in the configuration: that of each request
/// while it is in use, and of those the 1024 most recently used ones ([`Secret`] says more).
#[derive(Clone)]
pub struct Auth(Kind);

#[derive(Clone)]
enum Kind {
    Key(Key),
    OAuth2(Box<OAuth2>),
}

impl Auth {
    /// A token, in the header `Authorization: Bearer …`.
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

    /// A key, in a header of this name.
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

    /// A key, in a parameter of the URL; the service's logs may have it, those of the connector never do. A parameter
    /// of this name that the URL has already, as that of a next page may, gives way.
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

    /// A user and a password, as in the header `Authorization: Basic …`. Services that take a key in the place of one of
    /// them want the other to be empty, or a certain word.
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

    /// Makes it known to the run.
    pub(in crate::http) fn sign_in(self, client: &Client) -> SignIn {
        match self.0 {
            Kind::Key(key) => {
                client.hide(&[key.secret().expose()]);
                SignIn::Key(key)
            }
            Kind::OAuth2(oauth2) => SignIn::Session(client.session(*oauth2)),
        }
    }
}

impl From<OAuth2> for Auth {
    fn from(oauth2: OAuth2) -> Self {
        Self(Kind::OAuth2(Box::new(oauth2)))
    }
}

/// How a request signs in.
#[derive(Clone)]
pub(in crate::http) enum SignIn {
    Key(Key),
    Session(Arc<Session>),
}

/// Which tokens one request has tried.
#[derive(Default)]
pub(in crate::http) struct Tried {
    /// The number of the last one, and until when that is used.
    last: Option<(u64, Option<Duration>)>,
    /// Whether one was refused.
    refused: bool,
}

impl SignIn {
    /// What goes with one attempt. May have to ask for a token first.
    pub(in crate::http) fn pass(&self, http: &Http, tried: &mut Tried) -> Result<Pass> {
        // Again for each attempt: a secret that is in use is not forgotten.
        if let Self::Key(key) = self {
            http.client.hide(&[key.secret().expose()]);
        }
        match self {
            Self::Key(key) => key.pass(),
            Self::Session(session) => {
                let (number, token) = session.token(http)?;
                http.client.hide(&[token.secret().expose()]);
                tried.last = Some((number, token.until()));
                let token = token.secret().expose();
                if let Some(fault) = headers::fault(token) {
                    return Err(Error::system(format!("the access token from the token endpoint {fault}")));
                }
                Ok(Pass::authorization(format!("Bearer {token}")))
            }
        }
    }

    /// Whether it can be sent, as far as that is known before the first request.
    pub(in crate::http) fn check(&self, client: &Client) -> Result<()> {
        match self {
            Self::Key(key) => key.pass().map(drop),
            Self::Session(session) => session.check(client),
        }
    }

    /// Whether what was tried last is still good for anything, as far as anybody knows.
    pub(in crate::http) fn is_good(&self, now: Duration, tried: &Tried) -> bool {
        let (Self::Session(session), Some((number, until))) = (self, tried.last) else { return true };
        until.is_none_or(|until| now < until) && !session.is_refused(number)
    }

    /// Notes that the service does not know who asks, for all who would try the same. Whether another token may help:
    /// once per request.
    pub(in crate::http) fn refused(&self, tried: &mut Tried) -> bool {
        let (Self::Session(session), Some((number, _))) = (self, tried.last) else { return false };
        let first = !std::mem::replace(&mut tried.refused, true);
        if first {
            // A new one that is refused at once says that it is not for the tokens.
            session.refuse(number);
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

    /// The text without what is known to be secret. Whatever is cut or quoted in part is scrubbed first.
    pub(in crate::http) fn scrub<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.config.as_ref().map_or(Cow::Borrowed(text), |config| config.output().scrub(text))
    }

    /// Says once per host that whoever is on the way can read what is signed in with.
    pub(in crate::http) fn warn_if_readable(&self, url: &str) {
        if readable_at(url).is_none() {
            return;
        }
        let host = readable_at(&self.scrub(url)).unwrap_or_else(|| "the API".to_owned());
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if !warned.contains(&host) {
            log::warn!("the sign-in goes to {host} over plain http, where others can read it; https is safe");
            warned.push(host);
        }
    }
}

/// The host, if the way there is open: plain http to another machine.
fn readable_at(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let host = uri.host()?.to_ascii_lowercase();
    let name = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    let here = name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    (uri.scheme_str() == Some("http") && !here).then_some(host)
}

/// Whether two URLs are at one origin: scheme, host and port.
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
    fn a_key_in_the_query_takes_the_place_of_another() {
        let pass = Pass::Query("api key".to_owned(), "a&b=c".into());
        for (url, asked) in [
            ("https://a.example/b", "https://a.example/b?api%20key=a%26b%3Dc"),
            ("https://a.example/b?", "https://a.example/b?api%20key=a%26b%3Dc"),
            ("https://a.example/b?x=?&y", "https://a.example/b?x=?&y&api%20key=a%26b%3Dc"),
            ("/b?api%20key=old&x=1&api%20key", "/b?x=1&api%20key=a%26b%3Dc"),
        ] {
            assert_eq!(pass.url(url.to_owned()), asked);
        }
    }

    #[test]
    fn a_user_and_password_are_told_apart_by_the_first_colon() {
        assert_eq!(basic("Aladdin", "open:sesame").unwrap(), "Basic QWxhZGRpbjpvcGVuOnNlc2FtZQ==");
        assert!(basic("a:b", "c").is_err());
    }

    #[test]
    fn a_key_in_use_is_not_forgotten_for_many_others() {
        let output = Output::to(Lines::new(Box::new(Memory::default())));
        let http = Http::new("test", "0", Vec::new(), Some(SavedConfig::new(output.clone())));
        let key = Auth::bearer(&"the-key-of-all-requests".into()).sign_in(&http.client);
        for number in 0..3_000 {
            let signature = Secret::from(&*format!("signature-{number}"));
            let _ = Auth::api_key_header("X-Signature", &signature).sign_in(&http.client);
            key.pass(&http, &mut Tried::default()).unwrap();
        }
        assert_eq!(output.scrub("the-key-of-all-requests, signature-2999"), "****, ****");
        assert_eq!(output.scrub("signature-0"), "signature-0");
    }

    #[test]
    fn only_plain_http_to_another_machine_is_readable() {
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
            assert_eq!(readable_at(url).as_deref(), host, "{url}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
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
