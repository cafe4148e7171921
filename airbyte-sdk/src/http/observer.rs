//! Reports what a client waits for, and counts its responses.

use crate::error::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Receives what a client waits for, to report it, or to save records before a long wait.
pub(crate) trait Observer: Send + Sync {
    /// A request was sent; `None` when its response begins or it has failed.
    fn waiting_for(&self, request: Option<&str>);

    /// The API, or a rate limit set by the author, allows no requests for this duration.
    fn rate_limited(&self, wait: Duration) -> Result<()>;

    /// The wait for the rate limit is over.
    fn rate_limit_over(&self);

    /// The client is about to sleep for this duration.
    fn about_to_wait(&self, wait: Duration) -> Result<()>;
}

/// While this exists, the client waits for a rate limit.
#[must_use]
pub(super) struct RateLimited(pub(super) Option<Arc<dyn Observer>>);

impl Drop for RateLimited {
    fn drop(&mut self) {
        if let Some(observer) = &self.0 {
            observer.rate_limit_over();
        }
    }
}

/// Counts the responses to the requests of one reader. Clones share the counters.
#[derive(Clone, Default)]
pub(crate) struct Usage(Arc<Counts>);

#[derive(Default)]
struct Counts {
    /// The usage that includes this one.
    parent: Option<Usage>,
    responses: AtomicU64,
    good_responses: AtomicU64,
}

impl Usage {
    /// Returns new counters, which also count in these.
    pub(super) fn child(&self) -> Self {
        Self(Arc::new(Counts { parent: Some(self.clone()), ..Counts::default() }))
    }

    /// Returns the number of responses.
    pub(crate) fn responses(&self) -> u64 {
        self.0.responses.load(Relaxed)
    }

    /// Returns the number of responses with a status of 2xx, without those to token requests.
    pub(crate) fn good_responses(&self) -> u64 {
        self.0.good_responses.load(Relaxed)
    }

    pub(super) fn count_response(&self) {
        self.0.responses.fetch_add(1, Relaxed);
        if let Some(parent) = &self.0.parent {
            parent.count_response();
        }
    }

    pub(super) fn count_good_response(&self) {
        self.0.good_responses.fetch_add(1, Relaxed);
        if let Some(parent) = &self.0.parent {
            parent.count_good_response();
        }
    }
}
