//! When a state of the stream is sent, and what it says.

use super::{Emitter, Tally};
use crate::cursor;
use crate::error::{Error, Result};
use crate::output;
use crate::stream::Stream;
use serde_json::json;

/// A state is sent after this time, or after the number of records of the pace, whichever comes first.
const MILLISECONDS_PER_STATE: i64 = 15_000;

impl<T: Stream> Emitter<T> {
    /// Whether there are records that a state could cover and none does.
    pub(super) fn has_news(&self) -> bool {
        if self.progress.is_held() { self.owes_state } else { self.since_state > 0 }
    }

    pub(super) fn is_state_due(&self, now: i64) -> bool {
        let waited = now - self.state_at;
        (self.since_state >= self.pace.records_per_state || waited >= MILLISECONDS_PER_STATE)
            && (self.partitions.is_none()
                || self.pays_for_state(1)
                || waited >= longest_without_state(self.state_length()))
    }

    /// Whether so many times the bytes of a state have gone out in records since the last one. The state of a stream in
    /// partitions grows with their number.
    pub(super) fn pays_for_state(&self, times: u64) -> bool {
        let (bytes, length) = self.output.as_ref().map_or((0, 0), |output| output.bytes_since_state());
        bytes >= length.saturating_mul(times)
    }

    fn state_length(&self) -> u64 {
        self.output.as_ref().map_or(0, |output| output.bytes_since_state().1)
    }

    /// Sends the state that covers all records so far, and lets everything leave.
    pub(super) fn checkpoint(&mut self) -> Result<()> {
        let Some(output) = &self.output else { return Ok(()) };
        output.state(&self.stream, self.state()?)?;
        self.state_at = output::now();
        self.total += self.since_state;
        self.since_state = 0;
        self.owes_state = false;
        output.flush()
    }

    /// How far the stream has come, as JSON.
    fn state(&self) -> Result<String> {
        let position = self.position()?;
        Ok(match &self.partitions {
            Some(partitions) => {
                if let Some(position) = position.filter(|_| self.progress.can_checkpoint()) {
                    partitions.stands_at(position);
                }
                partitions.state(None)
            }
            None => position.unwrap_or_else(|| json!({}).to_string()),
        })
    }

    /// The position, as a state says it.
    pub(super) fn position(&self) -> Result<Option<String>> {
        let (Some(field), Some(cursor)) = (self.info.state_key(), self.progress.position()) else {
            return Ok(None);
        };
        cursor::to_state(field, cursor).map(Some)
    }

    /// Ends the stream: the last state, if one is legal.
    pub(crate) fn finish(mut self, fetched: Result<()>) -> (Tally, Result<()>) {
        self.note_hold();
        let fetched = match self.failed.take() {
            Some(failure) => Err(failure),
            None => fetched,
        };
        let fetched = fetched.and_then(|()| self.confirm());
        let ascending = self.progress.can_checkpoint();
        let state = self.announce().and_then(|()| match &fetched {
            Ok(()) => self.checkpoint(),
            Err(error) if error.is_stopped() => Ok(()),
            // It may be taken for a good end, and every one of those has a state.
            Err(error) if error.is_exhausted() && (ascending || self.partitions.is_some()) => {
                self.checkpoint()
            }
            // The partitions that are finished are, whatever became of the others, and the next read begins with another one.
            Err(_)
                if self
                    .partitions
                    .as_ref()
                    .is_some_and(|partitions| self.records() > 0 || partitions.has_moved()) =>
            {
                self.checkpoint()
            }
            // What is out is out: an ascending stream can be read on from here.
            Err(_) if ascending && self.has_news() => self.checkpoint(),
            Err(_) => Ok(()),
        });
        (self.tally(), fetched.and(state))
    }

    /// Fails if the fetch function ended well although something is known to be missing. A page that it left before
    /// its end is not known to be complete either, but leaving it may be what the author wants.
    pub(super) fn confirm(&mut self) -> Result<()> {
        self.failure()?;
        self.line.check()?;
        if self.hold.is_own() && self.info.state_key().is_none() {
            return Err(Error::system("the fetch function ended without releasing what it holds")
                .with_internal("call `release` when the records are complete, or return an error"));
        }
        if self.progress.is_held() && self.output.is_some() {
            let consequence = match self.info.state_key() {
                Some(_) => "the position stays where it was before them, and the next sync reads them again",
                None => "no state says that they are",
            };
            log::warn!("{}: the last records are not known to be complete; {consequence}", self.stream.name);
        }
        Ok(())
    }

    /// Why something is missing, if an iterator failed and the stream was not released.
    pub(crate) fn failure(&self) -> Result<()> {
        self.hold.failure().map_or(Ok(()), Err)
    }

    /// Takes note of a hold that began or ended after the last record.
    pub(super) fn note_hold(&mut self) {
        self.owes_state =
            self.progress.note_hold(self.hold.current()) && self.since_state > 0 || self.owes_state;
    }

    /// The stream turned out not to be in order: what the order has vouched for must not stand a moment longer.
    pub(super) fn take_back(&mut self) {
        let Some(output) = &self.output else { return };
        output.vouch(None);
        match (&self.partitions, self.position()) {
            (Some(partitions), Ok(Some(position))) => partitions.stands_at(position),
            (Some(partitions), _) => partitions.stands_nowhere(),
            (None, _) => {}
        }
        if output.states() > 0 {
            // If nobody reads any more, the next message will say so.
            let _ = self.checkpoint();
        }
    }
}

/// How long a state of so many bytes may be put off: a minute, and another one for each 256 KiB.
fn longest_without_state(bytes: u64) -> i64 {
    let minutes = 1 + bytes.div_ceil(256 << 10).min(14);
    i64::try_from(minutes).unwrap_or(15) * 60_000
}
