//! What a stream is read with: the configuration, the HTTP client, the state and the selected columns.

use crate::error::Result;
use crate::feed::{Feed, Queue};
use crate::hold::{Hold, StreamHolds};
use crate::http::{Http, Observer};
use crate::json_text::JsonText;
use crate::ledger::LedgerStream;
use crate::protocol::StreamDescriptor;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Before a wait of this length or longer a state is sent: it costs little compared with the wait.
const LONG_WAIT: Duration = Duration::from_secs(5);

/// What a stream is read with.
pub(crate) struct ReadContext<'a, C> {
    pub(crate) config: &'a C,
    pub(crate) http: Http,
    /// Where the records go. `None` for `check`, which stops at the first record, and for a parent that is only read for its
    /// children.
    pub(crate) stream: Option<LedgerStream>,
    pub(crate) holds: StreamHolds,
    /// Where the records go as parents of other streams.
    pub(crate) feed: Option<Feed>,
    /// The parents of this stream, if it is one of children.
    pub(crate) parents: Option<Queue>,
    /// The name and namespace that the records carry: those of the configured catalog.
    pub(crate) descriptor: StreamDescriptor,
    /// The columns that the user has selected; `None` for all.
    pub(crate) columns: Option<Vec<String>>,
    /// The stream's state from an earlier run, an object.
    pub(crate) state: Option<JsonText>,
    pub(crate) intervals: RecordIntervals,
    /// The place of the stream in the catalog: earlier streams are read first.
    pub(crate) rank: u32,
}

impl<C> ReadContext<'_, C> {
    /// Returns a client for the task with this number, whose failures affect this hold.
    pub(crate) fn http_for(&self, hold: &Hold, task: usize) -> Http {
        let observer = self.stream.clone().map(|stream| Arc::new(Reader::of(stream)) as Arc<dyn Observer>);
        let task = u32::try_from(task).unwrap_or(u32::MAX);
        self.http.for_reader(hold, observer, u64::from(self.rank) << 32 | u64::from(task))
    }
}

/// One of the readers of a stream, which reports what its requests wait for.
struct Reader {
    stream: LedgerStream,
    id: u64,
}

impl Reader {
    fn of(stream: LedgerStream) -> Self {
        static LAST_ID: AtomicU64 = AtomicU64::new(0);
        Self { stream, id: LAST_ID.fetch_add(1, Relaxed) }
    }
}

impl Observer for Reader {
    fn waiting_for(&self, request: Option<&str>) {
        self.stream.waiting_for(self.id, request);
    }

    fn rate_limited(&self, wait: Duration) -> Result<()> {
        self.stream.rate_limited(self.id, wait)
    }

    fn rate_limit_over(&self) {
        self.stream.rate_limit_over(self.id);
    }

    fn about_to_wait(&self, wait: Duration) -> Result<()> {
        if wait >= LONG_WAIT { self.stream.checkpoint_before_wait() } else { Ok(()) }
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
