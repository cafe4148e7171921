//! The read of one partition or a group of them, and what the reads of several have in common: their results and the end of
//! the stream.

use super::any::cursor_in_state;
use crate::emitter::{Emitter, Received};
use crate::error::{Error, Result};
use crate::ledger::{LedgerStream, Started, Tally};
use crate::panics;
use crate::protocol::FailureType;
use crate::read_context::ReadContext;
use crate::stream::{Stream, StreamInfo};
use serde_json::{Map, Value};
use std::cmp::Ordering;

/// After this many failures in a row the remaining partitions are skipped: the API itself seems to fail.
pub(super) const MAX_FAILURES_IN_A_ROW: u32 = 3;

/// A partition to be read, or several in one call.
pub(super) struct Partition<'r, 'a, C, N> {
    pub(super) info: &'r StreamInfo,
    pub(super) context: &'r ReadContext<'a, C>,
    /// The number of its task.
    pub(super) task: usize,
    pub(super) names: &'r [N],
    pub(super) incremental: bool,
}

impl<C, N: AsRef<str>> Partition<'_, '_, C, N> {
    /// Returns whether a full refresh that was interrupted has finished it. A position that is not empty is from a time when
    /// the stream was incremental.
    pub(super) fn was_finished(&self) -> bool {
        let is_empty = |name: &N| self.state(name.as_ref()).is_some_and(|state| state.is_empty());
        !self.incremental && self.names.iter().all(is_empty)
    }

    fn state(&self, name: &str) -> Option<Map<String, Value>> {
        position(self.context.stream.as_ref()?, name)
    }

    /// Returns the position that the partition with this name starts from.
    fn position<T: Stream>(&self, name: &str) -> Result<Option<T::Cursor>> {
        let state = self.state(name).filter(|_| self.incremental);
        let position = |state| panics::catch(|| cursor_in_state::<T>(self.info, &state, Some(name)));
        state.map_or(Ok(None), position)
    }

    /// Reads it with this function from its position on, or a group from the earliest one. For `on_end`, see
    /// [`Emitter::finish_partition`].
    pub(super) fn read<T: Stream>(
        &self,
        fetch: impl FnOnce(Option<T::Cursor>, &mut Emitter<T>) -> Result<()>,
        on_end: impl FnOnce(&Result<()>, Received) -> bool,
    ) -> Result<()> {
        let Self { info, context, task, names, incremental } = *self;
        let start = |name: &N| Ok((name.as_ref().into(), self.position::<T>(name.as_ref())?));
        let starts: Result<Started<T::Cursor>> = names.iter().map(start).collect();
        let (starts, valid) = match starts {
            Ok(starts) => (starts, Ok(())),
            Err(error) => (names.iter().map(|name| (name.as_ref().into(), None)).collect(), Err(error)),
        };
        let since = earliest(&starts).cloned();
        let mut out = Emitter::<T>::of_partition(info, context, task, starts, incremental, since.clone());
        let fetched = valid.and_then(|()| panics::catch(|| fetch(since, &mut out)));
        out.finish_partition(fetched, incremental, on_end)
    }
}

/// Returns the position of a partition. Not generic, so that the parser is compiled once, for size.
fn position(stream: &LedgerStream, partition: &str) -> Option<Map<String, Value>> {
    parse(&stream.position_of(partition)?)
}

/// Reads a position.
pub(super) fn parse(position: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(position).ok()
}

/// Returns the earliest of these positions; `None` if one has to be read from its beginning.
fn earliest<C: PartialOrd>(starts: &Started<C>) -> Option<&C> {
    let mut starts = starts.iter().map(|(_, start)| start.as_ref());
    let mut earliest = starts.next()??;
    for start in starts {
        let start = start?;
        if start.partial_cmp(earliest)? == Ordering::Less {
            earliest = start;
        }
    }
    Some(earliest)
}

/// Ends the read of a stream in partitions: sends the final state, if one may be sent, and returns the totals. `has_moved` is
/// whether the next read starts with another partition.
pub(super) fn end<C>(
    context: &ReadContext<'_, C>,
    fetched: Result<()>,
    has_moved: bool,
) -> (Tally, Result<()>) {
    let Some(stream) = &context.stream else { return (Tally::default(), fetched) };
    let state = match &fetched {
        Ok(()) => stream.checkpoint(),
        Err(error) if error.is_stopped() => Ok(()),
        // May be reported as a success, which must include a state.
        Err(error) if error.is_exhausted() => stream.checkpoint(),
        // Finished partitions and checkpoints count despite the failure, and the next read starts with another partition.
        Err(_) if stream.tally().records > 0 || has_moved || stream.has_moved() => stream.checkpoint(),
        Err(_) => Ok(()),
    };
    let tally = Tally { requests: context.http.usage().responses(), ..stream.tally() };
    (tally, fetched.and(state))
}

/// Collects the results of partitions, and decides whether further ones are started.
#[derive(Default)]
pub(super) struct Results {
    /// The error to report: the first one that is not a config error, since the platform does not retry after those, or
    /// else the first one.
    reported: Option<Error>,
    failures: u32,
    /// How many partitions failed one after the other.
    in_a_row: u32,
    /// The run has ended, or a `check` has seen a record, or the budget is exhausted.
    stopped_by: Option<Error>,
}

impl Results {
    /// Adds the result of a partition. Returns whether it is the failure after which no further partition is started.
    pub(super) fn add(&mut self, stream: &str, result: Result<()>) -> bool {
        let were_too_many = self.too_many_failed();
        let Err(error) = result else {
            // A success that came too late changes nothing.
            if !were_too_many {
                self.in_a_row = 0;
            }
            return false;
        };
        if error.is_stopped() || error.is_exhausted() {
            self.stopped_by.get_or_insert(error);
            return false;
        }
        self.failures += 1;
        self.in_a_row += 1;
        log::error!("{stream}: {error:?}");
        let is_final = |error: &Error| error.failure_type() == FailureType::ConfigError;
        if self.reported.as_ref().is_none_or(|reported| is_final(reported) && !is_final(&error)) {
            self.reported = Some(error);
        }
        self.too_many_failed() && !were_too_many
    }

    /// Returns whether no further partition is started.
    pub(super) fn are_final(&self) -> bool {
        self.stopped_by.is_some() || self.too_many_failed()
    }

    /// Returns whether the remaining partitions are left to the next read.
    pub(super) fn leave_others(&self) -> bool {
        self.too_many_failed() || self.stopped_by.as_ref().is_some_and(Error::is_exhausted)
    }

    fn too_many_failed(&self) -> bool {
        self.in_a_row >= MAX_FAILURES_IN_A_ROW
    }

    /// Returns whether one has failed.
    pub(super) fn has_failure(&self) -> bool {
        self.failures > 0
    }

    /// Returns the result of a stream that is read in parts of this name.
    pub(super) fn end_of(self, parts: &str) -> Result<()> {
        match self.reported {
            None => self.stopped_by.map_or(Ok(()), Err),
            Some(error) if self.failures == 1 => Err(error),
            Some(error) => Err(error.with_internal(format_args!("{} {parts} failed", self.failures))),
        }
    }
}
