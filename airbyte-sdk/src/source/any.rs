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

/// What a state says in the form that this SDK writes.
pub(super) enum Position<C> {
    /// Nothing, such as that of a full refresh.
    Empty,
    At(C),
    /// It has another form.
    Unknown,
}

pub(super) fn own_position<T: Stream>(state: &Map<String, Value>, field: &str) -> Position<T::Cursor> {
    let value = state.get(field).filter(|value| !value.is_null());
    match value.and_then(cursor::from_state) {
        Some(cursor) => Position::At(cursor),
        None if state.values().all(Value::is_null) => Position::Empty,
        None => Position::Unknown,
    }
}

/// The cursor in the state of a stream, or of the partition of this name.
pub(super) fn position<T: Stream>(
    state: &Map<String, Value>,
    partition: Option<&str>,
) -> Result<Option<T::Cursor>> {
    let Some(field) = state_key::<T>() else { return Ok(None) };
    match own_position::<T>(state, &field) {
        Position::Empty => return Ok(None),
        Position::At(cursor) => return Ok(Some(cursor)),
        Position::Unknown => {}
    }
    if let Some(cursor) = T::older_state(&state.clone().into(), partition)? {
        log::info!("{}: migrated the state from an older format", T::NAME);
        return Ok(Some(cursor));
    }
    Err(unknown::<T>(state, &field))
}

/// The error for a state in no known form.
pub(super) fn unknown<T: Stream>(state: &Map<String, Value>, field: &str) -> Error {
    match state.get(field).filter(|value| !value.is_null()).map(cursor::no_position) {
        Some(kind) => {
            unreadable::<T>(format_args!("its `{field}` is not a valid cursor value: it is {kind}"))
        }
        None => unreadable::<T>(format_args!("its `{field}` is missing")),
    }
}

pub(super) fn unreadable<T: Stream>(why: std::fmt::Arguments<'_>) -> Error {
    Error::config(format!(
        "the state of stream `{}` cannot be read: {why}. Reset the stream to read it from its beginning",
        T::NAME
    ))
}
