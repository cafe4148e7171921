//! Where a stream stands: which field types can say it, and how far the records seen so far have come.

use crate::error::{Error, Result};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value that grows from record to record, by which a stream can be read on from where it stopped.
///
/// Values are compared by their type: dates as dates, numbers as numbers, never as text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a cursor",
    label = "this type has no order that a sync could follow",
    note = "a cursor is a `Date`, `DateTime` or `Timestamp`, an integer or a `String`",
    note = "a stream without `cursor = …` cannot be read incrementally: leave `since` out of its fetch function"
)]
pub trait Cursor: PartialOrd + Clone + Serialize + DeserializeOwned + Send + 'static {}

/// A field whose value is a cursor: a [`Cursor`] itself. Implemented for all of them; the macro asks for it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a cursor field",
    label = "this type has no order that a sync could follow",
    note = "a cursor field is a `Date`, `DateTime` or `Timestamp`, an integer or a `String`, or an `Option` of one"
)]
pub trait CursorField {
    /// What the field holds when it is there.
    type Cursor: Cursor;

    /// The position this record is at, if it says one.
    fn cursor(&self) -> Option<&Self::Cursor>;
}

macro_rules! cursors {
    ($($ty:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Cursor for $ty {}

        impl CursorField for $ty {
            type Cursor = $ty;

            #[inline]
            fn cursor(&self) -> Option<&$ty> {
                Some(self)
            }
        }
    )*};
}
cursors!(Date, DateTime, Timestamp, String, i8, i16, i32, i64, u8, u16, u32, u64);

impl<T: CursorField> CursorField for Option<T> {
    type Cursor = T::Cursor;

    #[inline]
    fn cursor(&self) -> Option<&T::Cursor> {
        self.as_ref().and_then(T::cursor)
    }
}

/// The cursor of a stream that has none; there is no value of it.
#[derive(Clone, Debug, PartialEq, PartialOrd, Serialize, serde::Deserialize)]
pub enum NoCursor {}

/// In which order a stream's records arrive, as far as its cursor is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// Any order: only when all records are out is it known how far the stream has come.
    Unordered,
    /// Never backwards: every record says how far the stream has come.
    Ascending,
}

/// Follows the cursor of one read.
pub(crate) struct Progress<C> {
    order: Order,
    /// The position resumed from.
    since: Option<C>,
    /// The furthest position: the one resumed from, or that of a record seen.
    furthest: Option<C>,
    /// The last position seen in this read, kept apart because a read may begin before where it resumes.
    last: Option<C>,
    /// While the stream is held: the number of the hold, and the position at which it began.
    held: Option<(u64, Option<C>)>,
}

impl<C: PartialOrd + Clone + Serialize> Progress<C> {
    pub(crate) fn new(order: Order, since: Option<C>) -> Self {
        Self { order, furthest: since.clone(), since, last: None, held: None }
    }

    /// Whether a state may be sent before the stream has ended. No longer so once the order did not hold.
    pub(crate) fn can_checkpoint(&self) -> bool {
        self.order == Order::Ascending
    }

    /// Whether the last record seen is the furthest position, too: a read may begin before where it resumes.
    pub(crate) fn is_at_furthest(&self) -> bool {
        match (&self.since, &self.last) {
            (None, _) => true,
            (Some(since), Some(last)) => last >= since,
            (Some(_), None) => false,
        }
    }

    /// The position that a state may say: the furthest, or the one at which a hold began.
    pub(crate) fn position(&self) -> Option<&C> {
        self.held.as_ref().map_or(&self.furthest, |(_, position)| position).as_ref()
    }

    pub(crate) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Takes note of the hold that lasts, if one does. True if another one began since the last call.
    pub(crate) fn note_hold(&mut self, current: Option<u64>) -> bool {
        let Some(number) = current else {
            self.held = None;
            return false;
        };
        if self.held.as_ref().is_some_and(|(known, _)| *known == number) {
            return false;
        }
        // In no particular order the records before the hold do not say how far the stream has come.
        let position = if self.can_checkpoint() { &self.furthest } else { &self.since };
        self.held = Some((number, position.clone()));
        true
    }

    /// Takes note of a record about to be written; an ascending stream that goes backwards is an error.
    #[inline]
    pub(crate) fn observe(&mut self, cursor: &C) -> Result<()> {
        if self.order == Order::Ascending {
            if self.last.as_ref().is_some_and(|last| cursor < last) {
                return Err(self.went_back(cursor));
            }
            advance(&mut self.last, cursor);
        }
        if self.furthest.as_ref().is_none_or(|furthest| cursor > furthest) {
            advance(&mut self.furthest, cursor);
        }
        Ok(())
    }

    /// Something is missing among what was seen: it vouches for nothing.
    fn distrust(&mut self) {
        self.order = Order::Unordered;
        self.furthest = self.since.clone();
        if let Some((_, position)) = &mut self.held {
            *position = self.since.clone();
        }
    }

    /// An order that does not hold must not vouch for a state: what it has vouched for is taken back.
    #[cold]
    fn went_back(&mut self, cursor: &C) -> Error {
        self.distrust();
        let text = |value: &C| serde_json::to_string(value).unwrap_or_else(|_| "?".to_owned());
        let last = self.last.as_ref().map_or_else(String::new, text);
        Error::system(format!(
            "the stream says `order = ascending`, but its cursor went back from {last} to {}",
            text(cursor)
        ))
        .with_internal("sort the requests by the cursor, or remove `order = ascending` from the stream")
    }
}

/// `clone_from` keeps the buffer of a text cursor.
#[inline]
fn advance<C: Clone>(place: &mut Option<C>, to: &C) {
    match place {
        Some(value) => value.clone_from(to),
        None => *place = Some(to.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_furthest_position_never_moves_back() {
        let mut progress = Progress::new(Order::Unordered, Some(5));
        for value in [3, 9, 4] {
            progress.observe(&value).unwrap();
        }
        assert_eq!(progress.position(), Some(&9));
    }

    #[test]
    fn an_ascending_stream_may_begin_before_where_it_resumes() {
        let mut progress = Progress::new(Order::Ascending, Some(5));
        for value in [3, 3, 4] {
            progress.observe(&value).unwrap();
        }
        assert_eq!(progress.position(), Some(&5));
        let error = progress.observe(&1).unwrap_err();
        assert!(error.message().ends_with("its cursor went back from 4 to 1"), "{error}");
        assert!(!progress.can_checkpoint());
        assert_eq!(progress.position(), Some(&5));
    }

    #[test]
    fn a_hold_stops_the_position_where_it_began() {
        for (order, held_at) in [(Order::Ascending, 7), (Order::Unordered, 5)] {
            let mut progress = Progress::new(order, Some(5));
            progress.observe(&7).unwrap();
            assert!(progress.note_hold(Some(1)));
            progress.observe(&9).unwrap();
            assert!(!progress.note_hold(Some(1)));
            assert_eq!(progress.position(), Some(&held_at));
            assert!(progress.note_hold(Some(2)), "the first one was released");
            assert_eq!(progress.position(), Some(&if order == Order::Ascending { 9 } else { 5 }));
            progress.note_hold(None);
            assert_eq!(progress.position(), Some(&9));
        }
    }

    #[test]
    fn an_order_that_breaks_takes_the_position_of_a_hold_back() {
        let mut progress = Progress::new(Order::Ascending, Some(5));
        progress.observe(&7).unwrap();
        progress.note_hold(Some(1));
        progress.observe(&6).unwrap_err();
        assert_eq!(progress.position(), Some(&5));
    }
}
