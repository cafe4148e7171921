//! What a stream is read with: the configuration, the HTTP client, the state and the selected columns.

use crate::error::Result;
use crate::hold::{Hold, RunHolds, StreamHolds};
use crate::http::{Http, Observer};
use crate::ledger::LedgerStream;
use crate::protocol::StreamDescriptor;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

/// Before a wait of this length or longer a state is sent: it costs little compared with the wait.
const LONG_WAIT: Duration = Duration::from_secs(5);

/// What a stream is read with.
pub(crate) struct ReadContext<'a, C> {
    pub(crate) config: &'a C,
    pub(crate) http: &'a Http,
    /// Where the records go. `None` for `check`, which stops at the first record and writes none.
    pub(crate) stream: Option<LedgerStream>,
    /// The name and namespace that the records carry: those of the configured catalog.
    pub(crate) descriptor: StreamDescriptor,
    /// The columns that the user has selected; `None` for all.
    pub(crate) columns: Option<Vec<String>>,
    /// The stream's state from an earlier run.
    pub(crate) state: Option<Map<String, Value>>,
    pub(crate) intervals: RecordIntervals,
}

impl<C> ReadContext<'_, C> {
    /// Returns the holds of the stream, or new ones for `check`.
    pub(crate) fn holds(&self) -> StreamHolds {
        self.stream.as_ref().map_or_else(|| RunHolds::default().stream(), |stream| stream.holds().clone())
    }

    /// Returns a client whose failures affect this hold.
    pub(crate) fn http_for(&self, hold: &Hold) -> Http {
        let observer = self.stream.clone().map(|stream| Arc::new(stream) as Arc<dyn Observer>);
        self.http.for_reader(hold, observer)
    }
}

/// What a stream reports while its requests wait.
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

/// The number of records between two readings of the clock, and between two states.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordIntervals {
    /// Reading the clock costs as much as a quarter of a record.
    pub(crate) records_per_clock: u32,
    /// An ascending stream sends a state after this many records at the latest.
    pub(crate) records_per_state: u64,
}

impl Default for RecordIntervals {
    fn default() -> Self {
        Self { records_per_clock: 50, records_per_state: 10_000 }
    }
}
