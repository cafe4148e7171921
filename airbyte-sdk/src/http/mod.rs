//! The HTTP client: authentication, retries, rate limits, timeouts, pagination and reading of bodies. It knows nothing
//! about streams.

mod auth;
mod body;
mod charset;
mod clock;
mod complete;
mod error_response;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod headers;
mod incoming;
mod oauth2;
mod observer;
pub mod pagination;
mod proxy;
pub(crate) mod rate_limit;
mod request;
mod response;
mod retry;
mod retry_after;
mod shape;
mod transfer_limits;
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

use self::auth::Authenticator;
use self::clock::Clock;
use self::headers::Headers;
use self::oauth2::Session;
use self::observer::RateLimited;
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

/// The HTTP client of a run, shared by all streams: with timeouts, gzip, retries, a rate limit and connection reuse.
///
/// A clone shares the connections and the rate limit. The methods that change a setting ([`base_url`](Self::base_url),
/// [`header`](Self::header), [`auth`](Self::auth), [`map_error_response`](Self::map_error_response)) return a changed
/// clone.
///
/// Proxies are read from the environment: `HTTPS_PROXY` for https, `HTTP_PROXY` for http, otherwise `ALL_PROXY`, each
/// as `http://user:password@host:port`. `NO_PROXY` lists exceptions, separated by commas: a host or a domain with its
/// subdomains, with an optional port; an address or a network such as `10.0.0.0/8`; or `*` for all. The names may be
/// in lower case. A variable that is not valid is a config error.
///
/// TLS certificates are verified with the compiled-in certificate authorities, or with those of the system if
/// `SSL_CERT_FILE` or `SSL_CERT_DIR` is set.
///
/// Timeouts and size limits are set by [`TransferLimits`]. The [cookbook](crate::guide::cookbook) shows how to
/// paginate, authenticate and read responses.
#[derive(Clone)]
pub struct Http {
    client: Arc<Client>,
    base: Option<Arc<str>>,
    headers: Headers,
    authenticator: Option<Authenticator>,
    map_error_response: Option<Arc<MapErrorResponse>>,
    limits: TransferLimits,
    /// The holds of the stream that is read with this client, if any.
    hold: Option<Hold>,
    observer: Option<Arc<dyn Observer>>,
    usage: Usage,
    /// Requests of the lowest rank are sent first when several wait for a rate limit.
    rank: u64,
}

/// How many connections are kept for further requests, and how many of them to one host: as many as threads can read.
const MAX_IDLE_CONNECTIONS: usize = 64;

type MapErrorResponse = dyn Fn(&ErrorResponse) -> Option<Error> + Send + Sync;

/// The state that all requests of a run share.
struct Client {
    agent: ureq::Agent,
    proxies: Proxies,
    /// Saves new tokens, and masks secrets in messages.
    config: Option<Arc<SavedConfig>>,
    clock: Clock,
    limiter: Mutex<Limiter>,
    sessions: Mutex<Vec<Arc<Session>>>,
    /// The hosts for which unencrypted credentials were logged.
    warned: Mutex<Vec<String>>,
}

impl Http {
    /// Returns a client whose `User-Agent` names this connector.
    pub(crate) fn new(
        connector: &str,
        version: &str,
        limits: Vec<RateLimit>,
        config: Option<Arc<SavedConfig>>,
    ) -> Self {
        Self::by_clock(Clock::of_environment(), connector, version, limits, config)
    }

    /// Returns a client for tests, which does not sleep.
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
            // The body of an error response is read as well.
            .http_status_as_error(false)
            // Redirects are not followed: that would send the request and its credentials to another place.
            .max_redirects(0)
            // One for each thread that reads.
            .max_idle_connections(MAX_IDLE_CONNECTIONS)
            .max_idle_connections_per_host(MAX_IDLE_CONNECTIONS)
            .user_agent(user_agent)
            // Decompressed in `incoming`, where the timeout is checked.
            .accept_encoding("gzip")
            // Chosen for each request; ureq silently ignores variables that are not valid.
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

    /// Returns a client without settings.
    fn of(client: Arc<Client>) -> Self {
        Self {
            client,
            base: None,
            headers: Headers::default(),
            authenticator: None,
            map_error_response: None,
            limits: TransferLimits::default(),
            hold: None,
            observer: None,
            usage: Usage::default(),
            rank: 0,
        }
    }

    /// Returns a client with a base URL, to which paths are appended: requests of `/path`, `path` and `?query` go to
    /// this URL.
    ///
    /// The client's credentials are sent only to the origin (scheme, host and port) of the base URL. A request to
    /// another origin is sent without them, unless it [has its own](Request::auth).
    ///
    /// The URL must begin with `https://` or `http://`, and must have neither user and password, nor a query or a
    /// fragment. Otherwise each request of the client is a config error. If users can change the URL, mark its
    /// configuration field with [`#[airbyte(url)]`](derive@crate::AirbyteSpec), so that the error names the field.
    #[must_use]
    pub fn base_url(&self, url: impl Display) -> Self {
        let url = url.to_string();
        // An invalid URL is kept unchanged, for the message.
        let base = if url::base_fault(&url).is_none() { url.trim_end_matches('/') } else { &url };
        Self { base: Some(base.into()), ..self.clone() }
    }

    /// Returns a client that sends this header with every request, to any host, in place of one with the same name.
    /// For credentials, use [`auth`](Self::auth). For the headers that can be sent, see [`Request::header`].
    #[must_use]
    pub fn header(&self, name: &str, value: impl Display) -> Self {
        let mut client = self.clone();
        client.headers.set(name, &value.to_string());
        client
    }

    /// Returns a client that authenticates its requests: with an API key, a token, a password, or by [`OAuth2`].
    ///
    /// Without a [base URL](Self::base_url), the credentials are sent wherever a request goes. If a URL comes from a
    /// response (a link to a report, say), the author of that response then chooses who gets them. So set a base URL:
    /// a request to another origin is sent without the credentials, or with [its own](Request::auth). Next pages are
    /// always requested at the origin of the first page.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, Secret, http::Auth};
    /// # #[derive(Deserialize)] struct Report { file_url: String }
    /// # fn example(http: &Http, key: &Secret) -> Result<()> {
    /// let http = http.base_url("https://api.example").auth(Auth::bearer(key));
    /// let report: Report = http.get("/reports/newest").json()?; // with the token
    /// let file = http.get(report.file_url).send()?; // without it, unless it is at api.example
    /// # let _ = file;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn auth(&self, auth: impl Into<Auth>) -> Self {
        Self { authenticator: Some(auth.into().authenticator(&self.client)), ..self.clone() }
    }

    /// Returns a client that sends `Authorization: Bearer …`. For where the token is sent, see [`auth`](Self::auth).
    #[must_use]
    pub fn bearer(&self, token: &Secret) -> Self {
        self.auth(Auth::bearer(token))
    }

    /// Returns a client with these timeouts and size limits.
    #[must_use]
    #[doc(alias = "timeout")]
    pub fn transfer_limits(&self, limits: TransferLimits) -> Self {
        Self { limits, ..self.clone() }
    }

    /// Returns a client that maps error responses to [`Error`]s with this function. `None` keeps the default error of
    /// the status.
    ///
    /// A request whose error response is mapped to a transient error is retried, as after a 503, if it is
    /// [idempotent](Request::idempotent). One mapped to a config or system error is not retried, except after a 401 if
    /// the token can be replaced.
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

    /// Returns a client with its own counters, which also count in this client's.
    pub(crate) fn counted(&self) -> Self {
        Self { usage: self.usage.child(), ..self.clone() }
    }

    /// Returns a client for one reader of this rank: it holds the reader's state when records may be missing, reports to
    /// the observer what it waits for, and has its own counters.
    pub(crate) fn for_reader(&self, hold: &Hold, observer: Option<Arc<dyn Observer>>, rank: u64) -> Self {
        Self { hold: Some(hold.clone()), observer, rank, ..self.counted() }
    }

    /// Returns a client without the settings of the author, for token requests. They have the lowest rank, because
    /// requests of any rank wait for them.
    fn without_settings(&self) -> Self {
        let client = Arc::clone(&self.client);
        Self { observer: self.observer.clone(), usage: self.usage.clone(), ..Self::of(client) }
    }

    /// Returns a GET request of this URL, or of this path if the client has a [base URL](Self::base_url). Characters
    /// that are not allowed in a URL are percent-encoded.
    pub fn get(&self, url: impl Display) -> Request {
        Request::new(self.clone(), "GET", self.absolute(&url.to_string()))
    }

    /// Returns a POST request. It is not retried after a failure that may have had an effect, unless it is
    /// [idempotent](Request::idempotent).
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

    /// Checks the base URL.
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

    /// Returns the authenticator for requests of this URL.
    fn authenticator_for(&self, url: &str) -> Option<Authenticator> {
        let authenticator = self.authenticator.as_ref()?;
        if self.base.as_ref().is_some_and(|base| !auth::same_origin(base, url)) {
            log::debug!("sending a request without credentials: its origin is not that of the base URL");
            return None;
        }
        Some(authenticator.clone())
    }

    /// Returns the counters of this reader.
    pub(crate) fn usage(&self) -> &Usage {
        &self.usage
    }

    fn report_waiting_for(&self, request: Option<&str>) {
        if let Some(observer) = &self.observer {
            observer.waiting_for(request);
        }
    }

    /// Reports that a rate limit blocks this client, until the returned value is dropped.
    fn report_rate_limited(&self, wait: Duration) -> Result<RateLimited> {
        let limited = RateLimited(self.observer.clone());
        self.observer.as_ref().map_or(Ok(()), |observer| observer.rate_limited(wait))?;
        Ok(limited)
    }

    fn report_about_to_wait(&self, wait: Duration) -> Result<()> {
        self.observer.as_ref().map_or(Ok(()), |observer| observer.about_to_wait(wait))
    }
}

/// Returns the certificate authorities: those compiled in, so that an image needs none; or those of the system if the
/// environment says where they are, as companies with a private authority do.
fn root_certificates() -> RootCerts {
    let is_set = ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| std::env::var_os(name).is_some());
    if is_set { RootCerts::PlatformVerifier } else { RootCerts::WebPki }
}
