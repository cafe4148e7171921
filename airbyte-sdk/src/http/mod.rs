//! Fetching over HTTP, and nothing about streams: one client per run, bounded in time and size, polite when refused.

mod auth;
mod body;
mod charset;
mod clock;
mod complete;
mod incoming;
pub(crate) mod limit;
mod limits;
mod oauth2;
mod pages;
mod refusal;
mod request;
mod response;
mod retry;
mod shape;
mod transport;
mod turn;

pub use self::auth::Auth;
#[cfg(feature = "csv")]
pub use self::body::CsvRows;
pub use self::body::{ElementPages, Elements, JsonLines};
pub use self::limit::RateLimit;
pub use self::limits::Limits;
pub use self::oauth2::OAuth2;
pub use self::pages::{NextPage, Pages};
pub use self::refusal::Refusal;
pub use self::request::Request;
pub use self::response::Response;

#[cfg(feature = "testing")]
pub(crate) use self::clock::SKIP_WAITS;

use self::auth::SignIn;
use self::clock::Clock;
use self::limit::Limiter;
use self::oauth2::Session;
use crate::error::{Error, Result};
use crate::output::Output;
use crate::secret::Secret;
use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use ureq::tls::{RootCerts, TlsConfig};

/// The HTTP client of a run: shared by all streams, with time limits, gzip, retries, a rate limit and connection reuse.
///
/// A clone is the same client. What is set on one ([`base`](Self::base), [`header`](Self::header),
/// [`auth`](Self::auth), [`explain`](Self::explain)) holds for the requests made of it. Proxies are taken from the
/// environment (`HTTPS_PROXY`, `NO_PROXY`, …), and so is whom to trust: the usual authorities are compiled in, and those
/// of the system stand in for them where `SSL_CERT_FILE` or `SSL_CERT_DIR` is set.
///
/// Times and sizes are bounded, see [`Limits`]. How to page, sign in and read an answer is shown in the
/// [cookbook](crate::guide::cookbook).
#[derive(Clone)]
pub struct Http {
    client: Arc<Client>,
    base: Option<Arc<str>>,
    headers: Vec<(String, String)>,
    sign_in: Option<SignIn>,
    explain: Option<Arc<Explain>>,
    limits: Limits,
}

type Explain = dyn Fn(&Refusal) -> Option<Error> + Send + Sync;

/// What all requests of a run share.
struct Client {
    agent: ureq::Agent,
    output: Option<Arc<Output>>,
    clock: Clock,
    limiter: Mutex<Limiter>,
    sessions: Mutex<Vec<Arc<Session>>>,
    /// The hosts to which a sign-in goes that others can read.
    warned: Mutex<Vec<String>>,
    /// How many requests were answered.
    answers: AtomicU64,
    /// How many of them brought what was asked for; a token is not meant.
    good_answers: AtomicU64,
}

impl Http {
    /// A client that introduces itself as this connector.
    ///
    /// Waiting for a rate limit is announced on the output, if there is one.
    pub(crate) fn new(
        connector: &str,
        version: &str,
        limits: Vec<RateLimit>,
        output: Option<Arc<Output>>,
    ) -> Self {
        Self::by_clock(Clock::of_environment(), connector, version, limits, output)
    }

    fn by_clock(
        clock: Clock,
        connector: &str,
        version: &str,
        limits: Vec<RateLimit>,
        output: Option<Arc<Output>>,
    ) -> Self {
        let user_agent = format!("{connector}/{version} airbyte-sdk/{}", env!("CARGO_PKG_VERSION"));
        let config = ureq::Agent::config_builder()
            // An error status is an answer too: its body says why.
            .http_status_as_error(false)
            // A redirect is followed by nobody: it would carry the request, and its key, somewhere else.
            .max_redirects(0)
            .user_agent(user_agent)
            // Unpacked here, where the time is watched.
            .accept_encoding("gzip")
            .tls_config(TlsConfig::builder().root_certs(root_certificates()).build())
            .build();
        let client = Client {
            agent: transport::agent(config),
            output,
            clock,
            limiter: Mutex::new(Limiter::new(limits)),
            sessions: Mutex::default(),
            warned: Mutex::default(),
            answers: AtomicU64::new(0),
            good_answers: AtomicU64::new(0),
        };
        Self::of(Arc::new(client))
    }

    /// With nothing set.
    fn of(client: Arc<Client>) -> Self {
        Self {
            client,
            base: None,
            headers: Vec::new(),
            sign_in: None,
            explain: None,
            limits: Limits::default(),
        }
    }

    /// The same client for one service: a request of `/path` is one of this URL and the path. What the client signs in
    /// with goes nowhere else: to another origin (scheme, host and port) a request goes without it, unless it
    /// [has its own](Request::auth).
    #[must_use]
    pub fn base(&self, url: impl Display) -> Self {
        let url = url.to_string();
        Self { base: Some(url.trim_end_matches('/').into()), ..self.clone() }
    }

    /// The same client with a header in every request, wherever it goes. For a key there is [`auth`](Self::auth).
    #[must_use]
    pub fn header(&self, name: &str, value: impl Display) -> Self {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_string()));
        client
    }

    /// The same client, signed in: with a key, a password, or by [`OAuth2`].
    ///
    /// Without a [`base`](Self::base) it signs in wherever a request goes. Where a URL comes out of an answer (a link to
    /// a report, say), whoever has written it decides who gets the key. So give the client a base; a request to
    /// another origin then goes without the key, or with [one of its own](Request::auth). (Next pages are asked for at
    /// the origin of the first, base or not.)
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, Secret, http::Auth};
    /// # #[derive(Deserialize)] struct Report { file_url: String }
    /// # fn example(http: &Http, key: &Secret) -> Result<()> {
    /// let http = http.base("https://api.example").auth(Auth::bearer(key));
    /// let report: Report = http.get("/reports/newest").json()?; // with the key
    /// let file = http.get(report.file_url).send()?; // without it, unless it is at api.example
    /// # let _ = file;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn auth(&self, auth: impl Into<Auth>) -> Self {
        Self { sign_in: Some(auth.into().sign_in(&self.client)), ..self.clone() }
    }

    /// The same client, signed in with `Authorization: Bearer …`. Where the token goes: see [`auth`](Self::auth).
    #[must_use]
    pub fn bearer(&self, token: &Secret) -> Self {
        self.auth(Auth::bearer(token))
    }

    /// The same client with other limits of time and size.
    #[must_use]
    pub fn limits(&self, limits: Limits) -> Self {
        Self { limits, ..self.clone() }
    }

    /// The same client, with a say in what refusals mean: who must act, in which words. `None` leaves it at what the
    /// status says. What is refused with a config error or a system error is not asked for again, but for a
    /// 401 with a token that can be replaced.
    ///
    /// ```
    /// # use airbyte_sdk::{Error, Http};
    /// # fn example(http: &Http) -> Http {
    /// http.base("https://api.example").explain(|refusal| match refusal.status() {
    ///     403 if refusal.says("end of day") => Some(Error::transient("today's prices are not out yet")),
    ///     _ => None,
    /// })
    /// # }
    /// ```
    #[must_use]
    pub fn explain(&self, explain: impl Fn(&Refusal) -> Option<Error> + Send + Sync + 'static) -> Self {
        Self { explain: Some(Arc::new(explain)), ..self.clone() }
    }

    /// A GET request of this URL, or of this path if the client has a [`base`](Self::base).
    pub fn get(&self, url: impl Display) -> Request {
        Request::new(self.clone(), "GET", self.absolute(&url.to_string()))
    }

    /// A POST request. It is sent once, whatever happens, since nobody knows what a second one would do; see
    /// [`Request::repeatable`].
    pub fn post(&self, url: impl Display) -> Request {
        Request::new(self.clone(), "POST", self.absolute(&url.to_string()))
    }

    fn absolute(&self, url: &str) -> String {
        match &self.base {
            Some(base) if url.starts_with('/') => format!("{base}{url}"),
            _ => url.to_owned(),
        }
    }

    /// What goes with a request of this URL.
    fn sign_in_at(&self, url: &str) -> Option<SignIn> {
        let sign_in = self.sign_in.as_ref()?;
        if self.base.as_ref().is_some_and(|base| !auth::same_origin(base, url)) {
            log::debug!("a request goes to another origin than the client's, so it is not signed in");
            return None;
        }
        Some(sign_in.clone())
    }

    pub(crate) fn answers(&self) -> u64 {
        self.client.answers.load(Relaxed)
    }

    pub(crate) fn good_answers(&self) -> u64 {
        self.client.good_answers.load(Relaxed)
    }
}

impl Client {
    /// Tells whoever looks at the stream that it waits for a rate limit.
    fn announce(&self, wait: Duration) -> Result<()> {
        self.output.as_ref().map_or(Ok(()), |output| output.rate_limited(wait))
    }
}

/// Whom to trust with TLS: the authorities that are compiled in, so that an image needs none; or those of the system, where
/// somebody has said where they are, as a company with an authority of its own does.
fn root_certificates() -> RootCerts {
    let said = ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| std::env::var_os(name).is_some());
    if said { RootCerts::PlatformVerifier } else { RootCerts::WebPki }
}
