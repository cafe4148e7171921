//! A stream without its record type: what the sync loop knows of it.

use crate::cursor;
use crate::emitter::Tally;
use crate::error::{Error, Result};
use crate::http::Http;
use crate::output::Output;
use crate::protocol::{AirbyteStream, StreamDescriptor};
use crate::stream::{Stream, state_key};
use serde_json::{Map, Value};
use std::sync::Arc;

/// What a stream is read with and for.
pub(crate) struct Turn<'a, C> {
    pub(crate) config: &'a C,
    pub(crate) http: &'a Http,
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

/// Nothing but the implementations of this trait knows the type, so the sync loop is one plain function.
pub(crate) trait AnyStream<C> {
    fn describe(&self) -> AirbyteStream;

    /// Whether an incremental read that ends in the middle can be gone on with from there.
    fn checkpoints(&self) -> bool;

    /// Reads the stream and returns what it came to. Without an output it stops at the first.
    fn read(&self, turn: Turn<'_, C>, output: Option<Arc<Output>>) -> (Tally, Result<()>);
}

/// The cursor in a state; none in an empty one, such as that of a full refresh.
pub(super) fn position<T: Stream>(state: &Map<String, Value>) -> Result<Option<T::Cursor>> {
    let Some(field) = state_key::<T>() else { return Ok(None) };
    let value = state.get(&field).filter(|value| !value.is_null());
    if let Some(cursor) = value.and_then(cursor::from_state) {
        return Ok(Some(cursor));
    }
    if value.is_none() && state.values().all(Value::is_null) {
        return Ok(None);
    }
    if let Some(cursor) = T::older_state(&state.clone().into())? {
        log::info!("{}: the state has an older form, and is understood", T::NAME);
        return Ok(Some(cursor));
    }
    Err(match value.map(cursor::no_position) {
        Some(kind) => {
            unreadable::<T>(format_args!("its `{field}` is not a valid cursor value: it is {kind}"))
        }
        None => unreadable::<T>(format_args!("its `{field}` is missing")),
    })
}

pub(super) fn unreadable<T: Stream>(why: std::fmt::Arguments<'_>) -> Error {
    Error::config(format!(
        "the state of stream `{}` cannot be read: {why}. Reset the stream to read it from its beginning",
        T::NAME
    ))
}
