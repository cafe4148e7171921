//! A stream without its record type: what the sync loop knows of it.

use crate::cursor;
use crate::error::{Error, Result};
use crate::ledger::Tally;
use crate::protocol::AirbyteStream;
use crate::read_context::ReadContext;
use crate::stream::{Stream, StreamInfo};
use serde_json::{Map, Value};

/// Nothing but the implementations of this trait knows the type, so the sync loop is one plain function.
pub(crate) trait AnyStream<C>: Send + Sync {
    fn describe(&self) -> AirbyteStream;

    /// Whether an incremental read that ends in the middle can be gone on with from there.
    fn checkpoints(&self) -> bool;

    /// Reads the stream and returns what it came to. Without a place for the records it stops at the first.
    fn read(&self, context: ReadContext<'_, C>) -> (Tally, Result<()>);
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
    info: &StreamInfo,
    state: &Map<String, Value>,
    partition: Option<&str>,
) -> Result<Option<T::Cursor>> {
    let Some(field) = info.state_key() else { return Ok(None) };
    match own_position::<T>(state, &field) {
        Position::Empty => return Ok(None),
        Position::At(cursor) => return Ok(Some(cursor)),
        Position::Unknown => {}
    }
    if let Some(cursor) = T::older_state(&state.clone().into(), partition)? {
        log::info!("{}: migrated the state from an older format", info.name);
        return Ok(Some(cursor));
    }
    Err(unknown(info, state, &field))
}

/// The error for a state in no known form.
pub(super) fn unknown(info: &StreamInfo, state: &Map<String, Value>, field: &str) -> Error {
    match state.get(field).filter(|value| !value.is_null()).map(cursor::no_position) {
        Some(kind) => {
            unreadable(info, format_args!("its `{field}` is not a valid cursor value: it is {kind}"))
        }
        None => unreadable(info, format_args!("its `{field}` is missing")),
    }
}

pub(super) fn unreadable(info: &StreamInfo, why: std::fmt::Arguments<'_>) -> Error {
    Error::config(format!(
        "the state of stream `{}` cannot be read: {why}. Reset the stream to read it from its beginning",
        info.name
    ))
}
