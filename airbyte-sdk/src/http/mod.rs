//! Fetching over HTTP, and nothing about streams: one client per run, bounded in time and size, polite when refused.

mod auth;
mod body;
mod charset;
mod clock;
mod complete;
mod headers;
mod incoming;
pub(crate) mod rate_limit;
mod transfer_limits;
mod oauth2;
mod observer;
pub mod pagination;
mod proxy;
mod error_response;
mod request;
mod response;
mod retry;
mod shape;
mod transport;
mod turn;
pub(crate) mod url;

pub use self::auth::Auth;
#[cfg(feature = "csv")]
pub use self::body::CsvRows;
pub use self::body::{ElementPages, Elements, JsonLines};
pub use self::error_response::ErrorResponse;
pub use self::oauth2::OAuth2;
pub use self::pagination::{NextPage, Pages, Pagination};
pub use self::rate_limit::RateLimit;
pub use self::request::Request;
#[doc(hidden)]
pub use self::response::is_read;
pub use self::response::{FromResponse, Response};
pub use self::transfer_limits::TransferLimits;

pub(crate) use self::observer::{Observer, Usage};

use self::auth::SignIn;
use self::clock::Clock;
use self::headers::Headers;
use self::oauth2::Session;
use self::proxy::Proxies;
use self::rate_limit::Limiter;
use crate::error::{Error, Result};
use crate::hold::Hold;
use crate::saved_config::SavedConfig;
use crate::secret::Secret;
use std::fmt::Display;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use ureq::tls::{RootCerts, TlsConfig};

/// The HTTP client of a run: shared by all streams, with time limits, gzip, retries, a rate limit and connection reuse.
///
/// A clone is the same client. What is set on one ([`base`](Self::base_url), [`header`](Self::header),
/// [`auth`](Self::auth), [`map_error_response`](Self::map_error_response)) holds for the requests made of it.
///
/// Proxies are taken from the environment: `HTTPS_PROXY` for https, `HTTP_PROXY` for http, or else `ALL_PROXY`, each as
/// `http://user:password@host:port`. A variable that is not understood is a config error. `NO_PROXY` lists the exceptions,
/// separated by commas: a host or a domain with its subdomains, perhaps with a port; an address or a network such as
/// `10.0.0.0/8`; `*` for all. All of them may be written in lower case.
///
/// Whom to trust is taken from the environment as well: the usual authorities are compiled in, and those of the system
/// stand in for them where `SSL_CERT_FILE` or `SSL_CERT_DIR` is set.
///
/// Times and sizes are bounded, see [`TransferLimits`]. How to page, sign in and read an answer is shown in the
/// [cookbook](crate::guide::cookbook).
#[derive(Clone)]
pub struct Http {
    client: Arc<Client>,
    base: Option<Arc<str>>,
    headers: Headers,
    sign_in: Option<SignIn>,
    map_error_response: Option<Arc<MapErrorResponse>>,
    limits: TransferLimits,
    /// Who reads with the client, if anybody is known to.
    hold: Option<Hold>,
    observer: Option<Arc<dyn Observer>>,
    usage: Usage,
}

type MapErrorResponse = dyn Fn(&ErrorResponse) -> Option<Error> + Send + Sync;

/// What all requests of a run share.
struct Client {
    agent: ureq::Agent,
    proxies: Proxies,
    /// Where new tokens are saved, and secrets are blanked.
    config: Option<Arc<SavedConfig>>,
    clock: Clock,
    limiter: Mutex<Limiter>,
    sessions: Mutex<Vec<Arc<Session>>>,
    /// The hosts to which a sign-in goes that others can read.
    warned: Mutex<Vec<String>>,
}

impl Http {
    /// A client that introduces itself as this connector.
    pub(crate) fn new(
        connector: &str,
        version: &str,
        limits: Vec<RateLimit>,
        config: Option<Arc<SavedConfig>>,
    ) -> Self {
        Self::by_clock(Clock::of_environment(), connector, version, limits, config)
    }

    /// A client for tests, whose waits take no time.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn without_waits() -> Self {
        Self::by_clock(Clock::without_waits(), "test", "0", Vec::new(), None)
    }

    fn by_clock(
        clock: Clock,
        connector: &str,
        version: &str,
        limits: Vec<RateLimit>,
        saved_config: Option<Arc<SavedConfig>>,
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
            // Which one depends on the request; ureq ignores variables that it does not understand.
            .proxy(None)
            .tls_config(TlsConfig::builder().root_certs(root_certificates()).build())
            .build();
        let client = Client {
            agent: transport::agent(config),
            proxies: Proxies::of_environment(),
            config: saved_config,
            clock,
            limiter: Mutex::new(Limiter::new(limits)),
            sessions: Mutex::default(),
            warned: Mutex::default(),
        };
        client.hide(&client.proxies.secrets());
        Self::of(Arc::new(client))
    }

    /// With nothing set.
    fn of(client: Arc<Client>) -> Self {
        Self {
            client,
            base: None,
            headers: Headers::default(),
            sign_in: None,
            map_error_response: None,
            limits: TransferLimits::default(),
            hold: None,
            observer: None,
            usage: Usage::default(),
        }
    }

    /// The same client for one service: a request of `/path` is one of this URL and the path, and so is one of `path` or
    /// `?query`. What the client signs in
    /// with goes nowhere else: to another origin (scheme, host and port) a request goes without it, unless it
    /// [has its own](Request::auth).
    ///
    /// The URL begins with `https://` or `http://` and has neither a user and password nor a query or a fragment. With
    /// any other, each request of the client is a config error. If users may change it, mark the field of the
    /// configuration with [`#[airbyte(url)]`](derive@crate::AirbyteSpec), so that the error names the field.
    #[must_use]
    pub fn base_url(&self, url: impl Display) -> Self {
        let url = url.to_string();
        // A URL that is wrong is kept as it is, to be explained.
        let base = if url::base_fault(&url).is_none() { url.trim_end_matches('/') } else { &url };
        Self { base: Some(base.into()), ..self.clone() }
    }

    /// The same client with a header in every request, wherever it goes, in place of one with the same name. For a key
    /// there is [`auth`](Self::auth). Which headers can be sent: see [`Request::header`].
    #[must_use]
    pub fn header(&self, name: &str, value: impl Display) -> Self {
        let mut client = self.clone();
        client.headers.set(name, &value.to_string());
        client
    }

    /// The same client, signed in: with a key, a password, or by [`OAuth2`].
    ///
    /// Without a [`base`](Self::base_url) it signs in wherever a request goes. Where a URL comes out of an answer (a link to
    /// a report, say), whoever has written it decides who gets the key. So give the client a base; a request to
    /// another origin then goes without the key, or with [one of its own](Request::auth). (Next pages are asked for at
    /// the origin of the first, base or not.)
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, Secret, http::Auth};
    /// # #[derive(Deserialize)] struct Report { file_url: String }
    /// # fn example(http: &Http, key: &Secret) -> Result<()> {
    /// let http = http.base_url("https://api.example").auth(Auth::bearer(key));
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

    /// The same client with other timeouts and size limits.
    #[must_use]
    #[doc(alias = "timeout")]
    pub fn transfer_limits(&self, limits: TransferLimits) -> Self {
        Self { limits, ..self.clone() }
    }

    /// The same client with a function that turns error responses into errors. `None` keeps the error that the status
    /// stands for.
    ///
    /// A request whose error response becomes a transient error is sent again, as after a 503, if it is
    /// [idempotent](Request::idempotent). One whose error response becomes a config error or a system error is not, except
    /// after a 401 when the token can be replaced.
    ///
    /// ```
    /// # use airbyte_sdk::{Error, Http};
    /// # fn example(http: &Http) -> Http {
    /// http.base_url("https://api.example").map_error_response(|response| match response.status() {
    ///     403 if response.says("end of day") => Some(Error::transient("today's prices are not out yet")),
    ///     _ => None,
    /// })
    /// # }
    /// ```
    #[must_use]
    #[doc(alias("explain", "error_handler"))]
    pub fn map_error_response(
        &self,
        map: impl Fn(&ErrorResponse) -> Option<Error> + Send + Sync + 'static,
    ) -> Self {
        Self { map_error_response: Some(Arc::new(map)), ..self.clone() }
    }

    /// The same client, with a usage of its own that is also this one's.
    pub(crate) fn counted(&self) -> Self {
        Self { usage: self.usage.within(), ..self.clone() }
    }

    /// The same client for somebody who reads with it: it holds where something may be missing, tells the observer what it
    /// waits for, and has a usage of its own.
    pub(crate) fn for_reader(&self, hold: &Hold, observer: Option<Arc<dyn Observer>>) -> Self {
        Self { hold: Some(hold.clone()), observer, ..self.counted() }
    }

    /// The same client without what an author has set on it.
    fn bare(&self) -> Self {
        let bare = Self::of(Arc::clone(&self.client));
        Self { observer: self.observer.clone(), usage: self.usage.clone(), ..bare }
    }

    /// A GET request of this URL, or of this path if the client has a [`base`](Self::base_url). Characters that are not
    /// allowed in a URL are percent-encoded.
    pub fn get(&self, url: impl Display) -> Request {
        Request::new(self.clone(), "GET", self.absolute(&url.to_string()))
    }

    /// A POST request. It is sent once, whatever happens, since nobody knows what a second one would do; see
    /// [`Request::idempotent`].
    pub fn post(&self, url: impl Display) -> Request {
        Request::new(self.clone(), "POST", self.absolute(&url.to_string()))
    }

    fn absolute(&self, url: &str) -> String {
        match &self.base {
            Some(_) if url::is_absolute(url) => url.to_owned(),
            Some(base) if url.is_empty() || url.starts_with(['/', '?', '#']) => format!("{base}{url}"),
            Some(base) => format!("{base}/{url}"),
            None => url.to_owned(),
        }
    }

    /// Whether requests can be made of the base.
    fn check_base(&self) -> Result<()> {
        let Some((base, fault)) = self.base.as_ref().and_then(|base| Some((base, url::base_fault(base)?)))
        else {
            return Ok(());
        };
        Err(Error::config(format!(
            "the base URL {} is not valid: {fault}; check the URL in the configuration",
            url::shown(&self.client.scrub(base))
        )))
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

    /// What the requests of this reader have come to.
    pub(crate) fn usage(&self) -> &Usage {
        &self.usage
    }

    fn tell_waiting_for(&self, request: Option<&str>) {
        if let Some(observer) = &self.observer {
            observer.waiting_for(request);
        }
    }

    fn tell_rate_limited(&self, wait: Duration) -> Result<()> {
        self.observer.as_ref().map_or(Ok(()), |observer| observer.rate_limited(wait))
    }

    fn tell_about_to_wait(&self, wait: Duration) -> Result<()> {
        self.observer.as_ref().map_or(Ok(()), |observer| observer.about_to_wait(wait))
    }
}

/// Whom to trust with TLS: the authorities that are compiled in, so that an image needs none; or those of the system, where
/// somebody has said where they are, as a company with an authority of its own does.
fn root_certificates() -> RootCerts {
    let said = ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| std::env::var_os(name).is_some());
    if said { RootCerts::PlatformVerifier } else { RootCerts::WebPki }
}
