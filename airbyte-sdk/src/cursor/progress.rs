//! The position of one read.
//!
//! In an ascending stream each record advances the position, so a state may be sent at any time. In an unordered stream the
//! furthest value is valid only at the end, and until then the position is the last checkpoint of the fetch function. What
//! must stay true: the position never decreases, never passes a hold, and relies on the order only as long as no record has
//! violated it.

use crate::error::{Error, Result};
use serde::Serialize;

/// The order in which the records of a stream are emitted, by their cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// Any order. States are sent at the end of the stream, and after a [`checkpoint`](crate::Emitter::checkpoint).
    Unordered,
    /// The cursor never decreases. States are sent during the read.
    Ascending,
}

/// Tracks the position of one read.
pub(crate) struct Progress<C> {
    order: Order,
    /// The position that the read resumed from.
    since: Option<C>,
    /// The greatest cursor value seen, or `since` or a checkpoint if that is greater.
    furthest: Option<C>,
    /// The cursor value of the last record, which may be before `since`.
    last: Option<C>,
    /// The greatest checkpoint of the fetch function, if it is after `since`.
    checkpoint: Option<C>,
    /// Whether the fetch function has set a checkpoint, even one that did not move the position.
    has_checkpoint: bool,
    /// The position that records after the last checkpoint must not pass in an unordered stream, if the cursor is a time.
    limit: Option<C>,
    /// The position in the last state, or `since`.
    covered: Option<C>,
    /// While the stream is held: the number of the hold and the position at which it began.
    held: Option<(u64, Option<C>)>,
}

impl<C: PartialOrd + Clone + Serialize> Progress<C> {
    pub(crate) fn new(order: Order, since: Option<C>) -> Self {
        Self {
            order,
            furthest: since.clone(),
            covered: since.clone(),
            since,
            last: None,
            checkpoint: None,
            has_checkpoint: false,
            limit: None,
            held: None,
        }
    }

    /// Returns whether the stream is ascending, and its order was not violated.
    pub(crate) fn ascends(&self) -> bool {
        self.order == Order::Ascending
    }

    /// Returns whether a state may be sent before the end: the stream ascends, or the fetch function has set a checkpoint.
    pub(crate) fn can_checkpoint(&self) -> bool {
        self.ascends() || self.checkpoint.is_some()
    }

    /// Returns the position for a state during the read: the one that the records so far or a checkpoint determine, or the
    /// one at which a hold began.
    pub(crate) fn position(&self) -> Option<&C> {
        self.held.as_ref().map_or_else(|| self.safe(), |(_, position)| position.as_ref())
    }

    /// Returns the position at the end of a successful read.
    ///
    /// All records were read, so it is the furthest one. But a fetch function that sets checkpoints gets the same protection
    /// at the end as before: a record later than the limit does not advance the position, because others between the limit
    /// and that record may not be visible yet.
    pub(crate) fn final_position(&self) -> Option<&C> {
        if self.is_held() || self.ascends() || !self.has_checkpoint {
            return self.held.as_ref().map_or(self.furthest.as_ref(), |(_, position)| position.as_ref());
        }
        let limited = match (&self.furthest, &self.limit) {
            (Some(furthest), Some(limit)) if furthest > limit => Some(limit),
            (furthest, _) => furthest.as_ref(),
        };
        let safe = self.safe();
        if safe.is_some_and(|safe| limited.is_none_or(|limited| safe > limited)) { safe } else { limited }
    }

    /// Returns the position if the stream is not held: records with an earlier cursor value were all emitted.
    fn safe(&self) -> Option<&C> {
        if self.ascends() { self.furthest.as_ref() } else { self.checkpoint.as_ref().or(self.since.as_ref()) }
    }

    /// Sets a checkpoint: all records before this position were emitted. If the stream is held, it takes effect when the hold
    /// ends. No position passes `limit`.
    pub(crate) fn set_checkpoint(&mut self, position: &C, limit: Option<C>) {
        self.has_checkpoint = true;
        let position = limit.as_ref().filter(|limit| position > *limit).unwrap_or(position);
        if self.checkpoint.as_ref().or(self.since.as_ref()).is_none_or(|before| position > before) {
            advance(&mut self.checkpoint, position);
        }
        if self.ascends() && self.furthest.as_ref().is_none_or(|furthest| position > furthest) {
            advance(&mut self.furthest, position);
        }
        self.limit = limit;
    }

    /// Returns whether a checkpoint has moved the position since the last state.
    pub(crate) fn owes_checkpoint(&self) -> bool {
        self.checkpoint.is_some() && self.position() != self.covered.as_ref()
    }

    /// Records that a state with the current position was sent.
    pub(crate) fn mark_covered(&mut self) {
        self.covered = self.position().cloned();
    }

    pub(crate) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Updates the current hold. Returns whether a new one began since the last call.
    pub(crate) fn update_hold(&mut self, current: Option<u64>) -> bool {
        let Some(number) = current else {
            self.held = None;
            return false;
        };
        if self.held.as_ref().is_some_and(|(known, _)| *known == number) {
            return false;
        }
        self.held = Some((number, self.safe().cloned()));
        true
    }

    /// Advances the position by a record. In an ascending stream, a cursor that decreases is an error.
    #[inline]
    pub(crate) fn observe(&mut self, cursor: &C) -> Result<()> {
        if self.order == Order::Ascending {
            if self.last.as_ref().is_some_and(|last| cursor < last) {
                return Err(self.decreased(cursor));
            }
            advance(&mut self.last, cursor);
        }
        if self.furthest.as_ref().is_none_or(|furthest| cursor > furthest) {
            advance(&mut self.furthest, cursor);
        }
        Ok(())
    }

    /// Resets the position to the last checkpoint or the start of the read, since it relied on an order that does not hold.
    #[cold]
    fn decreased(&mut self, cursor: &C) -> Error {
        self.order = Order::Unordered;
        self.furthest = self.safe().cloned();
        if let Some((_, position)) = &mut self.held {
            *position = self.since.clone();
        }
        let text = |value: &C| serde_json::to_string(value).unwrap_or_else(|_| "?".to_owned());
        let last = self.last.as_ref().map_or_else(String::new, text);
        Error::system(format!(
            "the stream is declared `order = ascending`, but its cursor decreased from {last} to {}",
            text(cursor)
        ))
        .with_internal(
            "request the records sorted by the cursor, or remove `order = ascending` from the stream",
        )
    }
}

/// Sets the value by `clone_from`, which reuses the buffer of a string.
#[inline]
fn advance<C: Clone>(target: &mut Option<C>, to: &C) {
    match target {
        Some(value) => value.clone_from(to),
        None => *target = Some(to.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn furthest_position_never_decreases() {
        let mut progress = Progress::new(Order::Unordered, Some(5));
        for value in [3, 9, 4] {
            progress.observe(&value).unwrap();
        }
        assert_eq!(progress.final_position(), Some(&9));
        assert_eq!(progress.position(), Some(&5), "the order of the records says nothing");
    }

    #[test]
    fn ascending_stream_may_start_before_the_resumed_position() {
        let mut progress = Progress::new(Order::Ascending, Some(5));
        for value in [3, 3, 4] {
            progress.observe(&value).unwrap();
        }
        assert_eq!(progress.position(), Some(&5));
        let error = progress.observe(&1).unwrap_err();
        assert!(error.message().ends_with("its cursor decreased from 4 to 1"), "{error}");
        assert!(!progress.can_checkpoint());
        assert_eq!(progress.position(), Some(&5));
    }

    #[test]
    fn hold_keeps_the_position_where_it_began() {
        for (order, held_at) in [(Order::Ascending, 7), (Order::Unordered, 5)] {
            let mut progress = Progress::new(order, Some(5));
            progress.observe(&7).unwrap();
            assert!(progress.update_hold(Some(1)));
            progress.observe(&9).unwrap();
            assert!(!progress.update_hold(Some(1)));
            assert_eq!(progress.final_position(), Some(&held_at));
            assert!(progress.update_hold(Some(2)), "the first one was released");
            assert_eq!(progress.final_position(), Some(&if order == Order::Ascending { 9 } else { 5 }));
            progress.update_hold(None);
            assert_eq!(progress.final_position(), Some(&9));
        }
    }

    #[test]
    fn checkpoint_alone_moves_the_position_of_an_unordered_stream() {
        let mut progress = Progress::new(Order::Unordered, Some(5));
        progress.observe(&20).unwrap();
        assert!(!progress.can_checkpoint());
        // A lower value is ignored.
        progress.set_checkpoint(&4, None);
        assert_eq!((progress.position(), progress.owes_checkpoint()), (Some(&5), false));
        progress.set_checkpoint(&10, None);
        assert!(progress.can_checkpoint() && progress.owes_checkpoint());
        progress.mark_covered();
        progress.observe(&30).unwrap();
        progress.set_checkpoint(&9, None);
        assert_eq!((progress.position(), progress.owes_checkpoint()), (Some(&10), false));
        assert_eq!(progress.final_position(), Some(&30));
        progress.set_checkpoint(&40, None);
        assert_eq!((progress.position(), progress.final_position()), (Some(&40), Some(&40)));
    }

    #[test]
    fn checkpoint_while_held_takes_effect_when_the_hold_ends() {
        for order in [Order::Unordered, Order::Ascending] {
            let mut progress = Progress::new(order, Some(5));
            progress.set_checkpoint(&10, None);
            progress.mark_covered();
            progress.update_hold(Some(1));
            progress.set_checkpoint(&20, None);
            progress.observe(&25).unwrap();
            for position in [progress.position(), progress.final_position()] {
                assert_eq!(position, Some(&10), "{order:?}");
            }
            assert!(!progress.owes_checkpoint());
            progress.update_hold(None);
            assert_eq!(progress.position(), Some(&if order == Order::Ascending { 25 } else { 20 }));
            assert_eq!(progress.final_position(), Some(&25));
            assert!(progress.owes_checkpoint());
        }
    }

    #[test]
    fn position_of_a_stream_with_checkpoints_does_not_pass_the_limit() {
        let mut progress = Progress::new(Order::Unordered, Some(5));
        progress.observe(&30).unwrap();
        progress.set_checkpoint(&20, Some(15));
        assert_eq!((progress.position(), progress.final_position()), (Some(&15), Some(&15)));
        // A limit before the position does not move it back.
        let mut progress = Progress::new(Order::Unordered, Some(18));
        progress.observe(&30).unwrap();
        progress.set_checkpoint(&20, Some(15));
        assert_eq!((progress.position(), progress.final_position()), (Some(&18), Some(&18)));
        assert!(!progress.can_checkpoint());
        // In an ascending stream, records move the position, as without checkpoints.
        let mut progress = Progress::new(Order::Ascending, None);
        progress.set_checkpoint(&20, Some(15));
        assert_eq!(progress.position(), Some(&15));
        progress.observe(&30).unwrap();
        assert_eq!((progress.position(), progress.final_position()), (Some(&30), Some(&30)));
    }

    #[test]
    fn decreasing_cursor_resets_the_position_to_the_last_checkpoint() {
        let mut progress = Progress::new(Order::Ascending, Some(5));
        progress.set_checkpoint(&7, None);
        progress.observe(&9).unwrap();
        progress.observe(&8).unwrap_err();
        assert_eq!((progress.ascends(), progress.position()), (false, Some(&7)));
    }

    #[test]
    fn decreasing_cursor_resets_the_position_of_a_hold() {
        let mut progress = Progress::new(Order::Ascending, Some(5));
        progress.observe(&7).unwrap();
        progress.update_hold(Some(1));
        progress.observe(&6).unwrap_err();
        assert_eq!(progress.position(), Some(&5));
    }
}
