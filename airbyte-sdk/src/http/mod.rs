//! Fetching over HTTP, and nothing about streams: one client per run, bounded in time and size, polite when refused.

mod pages;
mod request;
mod response;
mod retry;

pub use self::pages::Pages;
pub use self::request::Request;
pub use self::response::Response;

use crate::output::Output;
use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// The HTTP client of a run: shared by all streams, with time limits, gzip, retries and connection reuse.
///
/// A clone is the same client. Proxies are taken from the environment (`HTTPS_PROXY`, `NO_PROXY`, …).
///
/// | limit | |
/// | --- | --- |
/// | connecting | 30 s |
/// | until the answer begins | 60 s |
/// | silence within the answer | 60 s |
/// | size of an answer, unpacked | 256 MiB |
#[derive(Clone)]
pub struct Http {
    agent: ureq::Agent,
    output: Option<Arc<Output>>,
    /// How many requests were answered.
    answers: Arc<AtomicU64>,
}

const CONNECT: Duration = Duration::from_secs(30);
const SILENCE: Duration = Duration::from_secs(60);
const LARGEST_BODY: u64 = 256 << 20;

impl Http {
    /// A client that introduces itself as this connector.
    ///
    /// Waiting for a rate limit is announced on the output, if there is one.
    pub(crate) fn new(connector: &str, version: &str, output: Option<Arc<Output>>) -> Self {
        let user_agent = format!("{connector}/{version} airbyte-sdk/{}", env!("CARGO_PKG_VERSION"));
        let config = ureq::Agent::config_builder()
            // An error status is an answer too: its body says why.
            .http_status_as_error(false)
            // A redirect is followed by nobody: it would carry the request, and its key, somewhere else.
            .max_redirects(0)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(SILENCE))
            .timeout_per_read(Some(SILENCE))
            .user_agent(user_agent)
            .build();
        Self { agent: config.new_agent(), output, answers: Arc::default() }
    }

    pub(crate) fn answers(&self) -> u64 {
        self.answers.load(Relaxed)
    }

    /// A GET request of this URL.
    pub fn get(&self, url: impl Display) -> Request {
        Request::new(self.clone(), url.to_string())
    }
}
