//! The read of one partition, and the failures of several.

use super::any::cursor_in_state;
use crate::emitter::Emitter;
use crate::error::{Error, Result};
use crate::panics;
use crate::protocol::FailureType;
use crate::read_context::ReadContext;
use crate::stream::{Stream, StreamInfo};
use serde_json::{Map, Value};

/// After this many failures in a row the remaining partitions are skipped: the API itself seems to fail.
pub(super) const MAX_FAILURES_IN_A_ROW: u32 = 3;

/// A partition to be read.
pub(super) struct Partition<'r, 'a, C> {
    pub(super) info: &'r StreamInfo,
    pub(super) context: &'r ReadContext<'a, C>,
    /// The number of its task.
    pub(super) task: usize,
    pub(super) name: &'r str,
    pub(super) incremental: bool,
}

impl<C> Partition<'_, '_, C> {
    /// Returns whether a full refresh that was interrupted has finished it. A position that is not empty is from a time when
    /// the stream was incremental.
    pub(super) fn was_finished(&self) -> bool {
        !self.incremental && self.state().is_some_and(|state| state.is_empty())
    }

    fn state(&self) -> Option<Map<String, Value>> {
        serde_json::from_str(&self.context.stream.as_ref()?.position_of(self.name)?).ok()
    }

    /// Reads it with this function from its position on. For `on_end`, see [`Emitter::finish_partition`].
    pub(super) fn read<T: Stream>(
        &self,
        fetch: impl FnOnce(Option<T::Cursor>, &mut Emitter<T>) -> Result<()>,
        on_end: impl FnOnce(&Result<()>, bool) -> bool,
    ) -> Result<()> {
        let Self { info, context, task, name, incremental } = *self;
        let state = self.state().filter(|_| incremental);
        let since = state
            .as_ref()
            .map_or(Ok(None), |state| panics::catch(|| cursor_in_state::<T>(info, state, Some(name))));
        let reached = since.as_ref().ok().cloned().flatten();
        let mut out = Emitter::<T>::of_partition(info, context, task, name, incremental, reached);
        let fetched = since.and_then(|since| panics::catch(|| fetch(since, &mut out)));
        out.finish_partition(fetched, incremental, on_end)
    }
}

/// Collects the errors of the partitions that failed.
#[derive(Default)]
pub(super) struct Failures {
    /// The error to report: the first one that is not a config error, since the platform does not retry after those, or
    /// else the first one.
    reported: Option<Error>,
    count: u32,
    /// How many partitions ended in this way one after the other.
    in_a_row: u32,
}

impl Failures {
    /// Adds an error. Returns whether it is the one after which no further partition is started.
    pub(super) fn add(&mut self, stream: &str, error: Error) -> bool {
        let were_too_many = self.are_too_many();
        self.count += 1;
        self.in_a_row += 1;
        log::error!("{stream}: {error:?}");
        let is_final = |error: &Error| error.failure_type() == FailureType::ConfigError;
        if self.reported.as_ref().is_none_or(|reported| is_final(reported) && !is_final(&error)) {
            self.reported = Some(error);
        }
        self.are_too_many() && !were_too_many
    }

    /// Records a success, unless it came too late.
    pub(super) fn reset(&mut self) {
        if !self.are_too_many() {
            self.in_a_row = 0;
        }
    }

    pub(super) fn are_too_many(&self) -> bool {
        self.in_a_row >= MAX_FAILURES_IN_A_ROW
    }

    pub(super) fn end(self) -> Result<()> {
        match self.reported {
            None => Ok(()),
            Some(error) if self.count == 1 => Err(error),
            Some(error) => Err(error.with_internal(format_args!("{} partitions failed", self.count))),
        }
    }
}
