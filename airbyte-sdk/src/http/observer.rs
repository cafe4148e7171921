//! Who is told what a client waits for, and what is counted for them.

use crate::error::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Is told what a client waits for. Whoever reads with the client may want to say so, or to save what there is.
pub(crate) trait Observer: Send + Sync {
    /// A request was sent; `None` when its answer has begun, or it has failed.
    fn waiting_for(&self, request: Option<&str>);

    /// The service, or a limit that the author has set, allows no more requests for so long.
    fn rate_limited(&self, wait: Duration) -> Result<()>;

    /// Nothing is done for so long.
    fn about_to_wait(&self, wait: Duration) -> Result<()>;
}

/// What the requests of one reader have come to. A clone shares it.
#[derive(Clone, Default)]
pub(crate) struct Usage(Arc<Counts>);

#[derive(Default)]
struct Counts {
    /// What is counted here is counted there as well.
    within: Option<Usage>,
    answers: AtomicU64,
    good_answers: AtomicU64,
}

impl Usage {
    /// Of somebody whose requests are this one's, too.
    pub(super) fn within(&self) -> Self {
        Self(Arc::new(Counts { within: Some(self.clone()), ..Counts::default() }))
    }

    /// How many requests were answered.
    pub(crate) fn answers(&self) -> u64 {
        self.0.answers.load(Relaxed)
    }

    /// How many of them brought what was asked for; a token is not meant.
    pub(crate) fn good_answers(&self) -> u64 {
        self.0.good_answers.load(Relaxed)
    }

    pub(super) fn count_answer(&self) {
        self.0.answers.fetch_add(1, Relaxed);
        if let Some(usage) = &self.0.within {
            usage.count_answer();
        }
    }

    pub(super) fn count_good_answer(&self) {
        self.0.good_answers.fetch_add(1, Relaxed);
        if let Some(usage) = &self.0.within {
            usage.count_good_answer();
        }
    }
}
