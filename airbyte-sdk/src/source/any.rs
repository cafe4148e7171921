//! A stream without its record type, as the sync loop sees it.

use super::python_state::{self, values::cursor_value};
use crate::cursor;
use crate::error::{Error, Result};
use crate::feed::ToParent;
use crate::json_text::JsonText;
use crate::ledger::Tally;
use crate::panics;
use crate::problems::list;
use crate::protocol::AirbyteStream;
use crate::read_context::ReadContext;
use crate::stream::{Stream, StreamInfo};
use serde_json::{Map, Value};
use std::any::TypeId;
use std::cmp::Ordering;

/// A stream with any type of record. Only the implementations know the type, so the sync loop is not generic over it.
pub(crate) trait AnyStream<C>: Send + Sync {
    fn describe(&self) -> AirbyteStream;

    /// Returns whether an incremental read that stops in the middle can be resumed, if it has reached a position.
    fn can_end_early(&self) -> bool;

    /// Returns the type of its records.
    fn record_type(&self) -> TypeId;

    /// Returns the type of the records of its parent stream, if it is one of children, and how they are passed to it.
    fn parent_type(&self) -> Option<(TypeId, ToParent)> {
        None
    }

    /// Returns whether it needs only the parents that changed since its last read, if it is one of children.
    fn follows_changes(&self) -> bool {
        false
    }

    /// Returns the state from which a read has everything that reads from these states have; `None` if it must start at the
    /// beginning.
    fn earliest(&self, mut states: Vec<Map<String, Value>>) -> Option<Map<String, Value>> {
        let last = states.pop()?;
        states.iter().all(|state| *state == last).then_some(last)
    }

    /// Sets the key of a partition in states of the Python CDK. Returns whether the stream has partitions with a position.
    fn set_partition_key(&mut self, _key: &'static str) -> bool {
        false
    }

    /// Begins to read the stream. For `check`, each task stops at its first record.
    fn begin<'a>(&'a self, context: ReadContext<'a, C>) -> Box<dyn Reading + 'a>;
}

/// The read of a stream, in tasks that threads take and run: a partition, or the whole stream.
pub(crate) trait Reading: Send + Sync {
    /// Takes the next task. It must be [run](Self::run).
    fn take(&self) -> Take;

    /// Runs a task that was taken.
    fn run(&self, task: usize);

    /// Ends the read, after [`Take::Nothing`] and the end of all tasks: sends the final state, and returns the totals.
    fn end(&self) -> (Tally, Result<()>);
}

/// The next task of a stream.
#[derive(Debug, PartialEq)]
pub(crate) enum Take {
    /// The task with this number. Those with a lower number matter more.
    Task(usize),
    /// None at present: ask again when a task has ended.
    Later,
    /// There are no more tasks.
    Nothing,
}

/// Reads a stream on this thread, and returns its totals.
pub(crate) fn read_alone(reading: &dyn Reading) -> (Tally, Result<()>) {
    while let Take::Task(task) = reading.take() {
        reading.run(task);
    }
    reading.end()
}

/// The contents of a state, as far as this SDK's own format goes.
pub(super) enum OwnFormat<C> {
    /// No position, as after a full refresh.
    Empty,
    Cursor(C),
    /// Another format.
    Unknown,
}

pub(super) fn read_own_format<T: Stream>(state: &Map<String, Value>, field: &str) -> OwnFormat<T::Cursor> {
    let value = state.get(field).filter(|value| !value.is_null());
    match value.and_then(cursor_value) {
        Some(cursor) => OwnFormat::Cursor(cursor),
        None if state.values().all(Value::is_null) => OwnFormat::Empty,
        None => OwnFormat::Unknown,
    }
}

/// Returns the cursor in the state of a stream, or of the partition with this name.
pub(super) fn cursor_in_state<T: Stream>(
    info: &StreamInfo,
    state: &Map<String, Value>,
    partition: Option<&str>,
) -> Result<Option<T::Cursor>> {
    let Some(field) = info.state_key() else { return Ok(None) };
    match read_own_format::<T>(state, &field) {
        OwnFormat::Empty => return Ok(None),
        OwnFormat::Cursor(cursor) => return Ok(Some(cursor)),
        OwnFormat::Unknown => {}
    }
    let python = python_state::position(state);
    if let Ok(Some(cursor)) = python {
        log::info!("{}: the state is from a connector with the Python CDK", info.name);
        return Ok(Some(cursor));
    }
    if let Some(cursor) = T::older_state(&state.clone().into(), partition)? {
        log::info!("{}: migrated the state from an older format", info.name);
        return Ok(Some(cursor));
    }
    Err(match python {
        Err(why) => unsupported(info, &why),
        Ok(_) => unknown_format(info, state, &field),
    })
}

/// Returns the cursor that an unpartitioned stream resumes from, and logs where its read starts. `how` ends that message.
pub(super) fn start_cursor<C, T: Stream>(
    info: &StreamInfo,
    context: &ReadContext<'_, C>,
    incremental: bool,
    how: &str,
) -> Result<Option<T::Cursor>> {
    let state = context.state.as_ref().filter(|_| incremental).and_then(JsonText::to_map);
    let cursor = panics::catch(|| state.map_or(Ok(None), |state| cursor_in_state::<T>(info, &state, None)))?;
    if context.stream.is_some() {
        let start =
            if cursor.is_some() { "resuming from the last sync" } else { "reading from the beginning" };
        log::info!("{}: {start}{how}", info.name);
    }
    Ok(cursor)
}

/// Returns the state of an unpartitioned stream with the earliest cursor.
pub(super) fn earliest_state<T: Stream>(
    info: &StreamInfo,
    states: Vec<Map<String, Value>>,
) -> Option<Map<String, Value>> {
    let mut states = states.into_iter();
    let mut earliest = states.next()?;
    for state in states {
        // A state that cannot be read is no position.
        let cursor = |state| panics::catch(|| cursor_in_state::<T>(info, state, None)).ok().flatten();
        match cursor(&state)?.partial_cmp(&cursor(&earliest)?)? {
            Ordering::Less => earliest = state,
            Ordering::Equal | Ordering::Greater => {}
        }
    }
    Some(earliest)
}

/// Returns the error for a state in an unknown format.
pub(super) fn unknown_format(info: &StreamInfo, state: &Map<String, Value>, field: &str) -> Error {
    match state.get(field).filter(|value| !value.is_null()).map(cursor::describe_invalid) {
        Some(kind) => unsupported(info, &format!("`{field}` is not a valid cursor value: it is {kind}")),
        None => {
            let keys = list(state.keys().map(String::as_str));
            unsupported(info, &format!("`{field}` is missing: it has {keys}"))
        }
    }
}

/// Returns the error for a state that the author may be able to migrate.
pub(super) fn unsupported(info: &StreamInfo, why: &str) -> Error {
    invalid_state(info, format_args!("{why}")).with_internal(
        "a connector names the key of a partition by `partition_key`, and migrates other states by `older_state`",
    )
}

pub(super) fn invalid_state(info: &StreamInfo, why: std::fmt::Arguments<'_>) -> Error {
    Error::config(format!(
        "invalid state for the stream `{}`: {why}. Clear the stream to sync it from the beginning",
        info.name
    ))
}
