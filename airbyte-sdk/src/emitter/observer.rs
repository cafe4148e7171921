//! What a stream says while its requests wait.

use crate::error::Result;
use crate::http::Observer;
use crate::ledger::LedgerStream;
use std::time::Duration;

/// From here on a state costs little beside the wait.
const LONG_WAIT: Duration = Duration::from_secs(5);

impl Observer for LedgerStream {
    fn waiting_for(&self, request: Option<&str>) {
        self.waiting_for(request);
    }

    fn rate_limited(&self, wait: Duration) -> Result<()> {
        self.rate_limited(wait)
    }

    fn about_to_wait(&self, wait: Duration) -> Result<()> {
        if wait >= LONG_WAIT { self.checkpoint_before_wait() } else { Ok(()) }
    }
}
