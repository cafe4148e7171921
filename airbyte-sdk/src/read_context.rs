//! What the read of a stream is given: the configuration, the client, the state, the columns.

use crate::http::Http;
use crate::ledger::LedgerStream;
use crate::protocol::StreamDescriptor;
use serde_json::{Map, Value};

/// What a stream is read with and for.
pub(crate) struct ReadContext<'a, C> {
    pub(crate) config: &'a C,
    pub(crate) http: &'a Http,
    /// Where the records go; `None` while checking the connection: then the first record is enough and none is written.
    pub(crate) stream: Option<LedgerStream>,
    /// The name and namespace the records carry: those of the configured catalog.
    pub(crate) descriptor: StreamDescriptor,
    /// The columns that the user has chosen; `None` if all.
    pub(crate) columns: Option<Vec<String>>,
    /// The stream's state from an earlier run.
    pub(crate) state: Option<Map<String, Value>>,
    pub(crate) pace: Pace,
}

/// How many records lie between two readings of the clock, and between two states.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Reading the clock costs as much as a quarter of a record.
    pub(crate) records_per_clock: u32,
    /// An ascending stream sends a state after this many records at the latest.
    pub(crate) records_per_state: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { records_per_clock: 50, records_per_state: 10_000 }
    }
}
