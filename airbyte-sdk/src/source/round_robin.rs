//! Which partition is read next, in this read and in the next one.
//!
//! Problem: if every read started with the same partition, a small budget of requests would never reach the last ones.
//! Idea: the state names the partition that is `next`, and each read starts there. That is the first partition of the list
//! that has not ended, or was interrupted, or failed with a transient error. The partition that the read started with does
//! not qualify, since it had the whole budget and might use it up in every read, unless the budget was exhausted before it
//! got anything, or it shared the budget with others. For the same reason it is read alone if the state has a `next`:
//! several partitions that share a small budget might all be interrupted, in each read.
//! What must stay true: each read that gets anything moves on by at least one partition.

use crate::error::{Error, Result};
use crate::ledger::LedgerStream;
use crate::protocol::FailureType;
use std::collections::BTreeSet;

/// Tracks the partitions of one read, by their places in the list.
pub(super) struct RoundRobin {
    /// The `next` of the state that this read began with.
    given: Option<String>,
    /// The `next` of the states of this read.
    next: Option<String>,
    /// The first partition that was not taken.
    untaken: usize,
    /// Whether the first partition has ended.
    first_ended: bool,
    /// The first partition that is not settled: the next read starts with it.
    lowest: usize,
    /// The settled partitions after it.
    settled: BTreeSet<usize>,
    /// Partitions from this one on need not be settled, because it must be repeated.
    repeated: usize,
}

/// The next partition of this read.
pub(super) enum Turn {
    Partition(usize),
    /// The first partition must end before.
    Later,
    None,
}

impl RoundRobin {
    /// `given` is the `next` of the state, if the last read did not get through all partitions.
    pub(super) fn new(given: Option<String>) -> Self {
        Self {
            next: given.clone(),
            given,
            untaken: 0,
            first_ended: false,
            lowest: 0,
            settled: BTreeSet::new(),
            repeated: usize::MAX,
        }
    }

    /// Takes the next of this many partitions.
    pub(super) fn take(&mut self, count: usize) -> Turn {
        if self.untaken == count {
            return Turn::None;
        }
        if self.must_wait() {
            return Turn::Later;
        }
        self.untaken += 1;
        Turn::Partition(self.untaken - 1)
    }

    /// Returns whether the first partition must end before another one is taken.
    pub(super) fn must_wait(&self) -> bool {
        self.untaken > 0 && self.given.is_some() && !self.first_ended
    }

    /// Returns how many of this many partitions were not taken.
    pub(super) fn untaken(&self, count: usize) -> usize {
        count - self.untaken
    }

    /// Records that a partition was finished by an earlier read.
    pub(super) fn skip(&mut self, place: usize) {
        self.first_ended |= place == 0;
        self.settle(place);
    }

    /// Records the end of a partition. `got_something` is whether it received records or a successful response.
    pub(super) fn ended(&mut self, place: usize, fetched: &Result<()>, got_something: bool) {
        self.first_ended |= place == 0;
        let had_whole_budget = place == 0 && (self.given.is_some() || self.untaken == 1);
        if fetched.as_ref().is_err_and(|error| must_be_repeated(error, had_whole_budget, got_something)) {
            self.repeated = self.repeated.min(place);
        } else {
            self.settle(place);
        }
    }

    fn settle(&mut self, place: usize) {
        if place < self.repeated {
            self.settled.insert(place);
        }
        while self.settled.remove(&self.lowest) {
            self.lowest += 1;
        }
    }

    /// Returns the first partition that is not settled: the next read starts with it.
    pub(super) fn lowest(&self) -> usize {
        self.lowest
    }

    /// Returns the first partition that must be repeated; `usize::MAX` if there is none.
    pub(super) fn repeated(&self) -> usize {
        self.repeated
    }

    /// Updates the `next` of the states. `lowest` is the name of the [first partition that is not settled](Self::lowest);
    /// `None` if all are. Returns the new `next` if it has changed.
    fn update_next(&mut self, lowest: Option<&str>) -> Option<Option<&str>> {
        let next = match lowest {
            // If the first partition was read alone, or its name was in the state already, nothing changes.
            Some(_) if self.lowest == 0 && (self.given.is_some() || self.untaken <= 1) => {
                self.given.as_deref()
            }
            name => name,
        };
        if self.next.as_deref() == next {
            return None;
        }
        self.next = next.map(str::to_owned);
        Some(self.next.as_deref())
    }

    /// Does the same, and passes a change on to the stream.
    pub(super) fn publish_next(&mut self, lowest: Option<&str>, stream: Option<&LedgerStream>) {
        if let (Some(next), Some(stream)) = (self.update_next(lowest), stream) {
            stream.set_next(next);
        }
    }

    /// Returns whether `next` has changed since the read began.
    pub(super) fn has_moved(&self) -> bool {
        self.next != self.given
    }
}

/// Returns whether the next read must start with this partition, because it was stopped or failed with a transient error.
///
/// If it had the whole budget of this read, that is so only if the budget was exhausted before it got anything: otherwise a
/// partition larger than the budget would keep the others from ever being read.
fn must_be_repeated(error: &Error, had_whole_budget: bool, got_something: bool) -> bool {
    error.is_stopped()
        || error.failure_type() == FailureType::TransientError
            && !(had_whole_budget && (!error.is_exhausted() || got_something))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Updates `next` of the partitions a, b, c and d.
    fn next(round: &mut RoundRobin) -> Option<Option<String>> {
        let lowest = ["a", "b", "c", "d"].get(round.lowest()).copied();
        round.update_next(lowest).map(|next| next.map(str::to_owned))
    }

    fn taken(round: &mut RoundRobin, count: usize) -> Option<usize> {
        match round.take(count) {
            Turn::Partition(place) => Some(place),
            Turn::Later | Turn::None => None,
        }
    }

    #[test]
    fn partition_that_is_next_is_read_alone() {
        let mut round = RoundRobin::new(Some("a".to_owned()));
        assert_eq!((taken(&mut round, 3), taken(&mut round, 3)), (Some(0), None));
        round.ended(0, &Ok(()), true);
        assert_eq!((taken(&mut round, 3), taken(&mut round, 3)), (Some(1), Some(2)));
        let mut round = RoundRobin::new(None);
        assert_eq!((taken(&mut round, 3), taken(&mut round, 3)), (Some(0), Some(1)));
    }

    #[test]
    fn first_partition_that_has_not_ended_is_next() {
        let mut round = RoundRobin::new(None);
        while taken(&mut round, 4).is_some() {}
        round.ended(2, &Ok(()), true);
        assert_eq!(next(&mut round), Some(Some("a".to_owned())));
        round.ended(0, &Ok(()), true);
        assert_eq!(next(&mut round), Some(Some("b".to_owned())));
        round.ended(1, &Err(Error::transient("cut off")), true);
        round.ended(3, &Err(Error::transient("cut off")), true);
        assert_eq!(next(&mut round), None);
        assert!(round.has_moved());
    }

    /// Even if others got something from the same budget.
    #[test]
    fn first_partition_is_repeated_if_it_got_nothing_of_the_budget() {
        let mut round = RoundRobin::new(None);
        while taken(&mut round, 2).is_some() {}
        round.ended(0, &Err(Error::exhausted("no more today")), false);
        round.ended(1, &Err(Error::exhausted("no more today")), true);
        assert_eq!(next(&mut round), Some(Some("a".to_owned())));
        let mut round = RoundRobin::new(None);
        assert_eq!(taken(&mut round, 2), Some(0));
        round.ended(0, &Err(Error::exhausted("no more today")), true);
        assert_eq!(next(&mut round), Some(Some("b".to_owned())));
    }

    /// It might be interrupted in each read, while the others are finished.
    #[test]
    fn first_partition_is_repeated_if_it_shared_the_budget() {
        for error in [Error::exhausted("no more today"), Error::transient("cut off")] {
            let mut round = RoundRobin::new(None);
            while taken(&mut round, 2).is_some() {}
            round.ended(1, &Ok(()), true);
            round.ended(0, &Err(error), true);
            assert_eq!(next(&mut round), Some(Some("a".to_owned())));
            let mut round = RoundRobin::new(Some("a".to_owned()));
            assert_eq!(taken(&mut round, 2), Some(0));
            round.ended(0, &Err(Error::exhausted("no more today")), true);
            assert_eq!(next(&mut round), Some(Some("b".to_owned())));
        }
    }
}
