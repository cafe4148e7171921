//! Where a stream stands: which field types can say it, and how far the records seen so far have come.

use crate::error::{Error, Result};
use crate::problems::kind_of;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::Serialize;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde_json::Value;
use std::any::TypeId;

/// A value that grows from record to record, by which a stream can be read on from where it stopped.
///
/// Values are compared by their type: dates as dates, numbers as numbers, never as text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a cursor",
    label = "not a `Date`, `DateTime`, `Timestamp`, integer or `String`",
    note = "`NoCursor` means that the stream has no cursor: add `cursor = field` to its `#[airbyte_stream(…)]`, or remove `since` from its fetch function"
)]
pub trait Cursor: PartialOrd + Clone + Serialize + DeserializeOwned + Send + Sync + 'static {}

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

/// From here on not every whole number is a float: a number may have been rounded before it was written.
const FIRST_INEXACT: f64 = 9_007_199_254_740_992.0;

/// Reads a position from a state. Platforms keep states as JSON of their own: a whole number may come back with a decimal
/// point or an exponent, and a date as the start of its day. What may be another position is refused.
pub(crate) fn from_state<C: DeserializeOwned + 'static>(value: &Value) -> Option<C> {
    match value {
        Value::String(text)
            if [TypeId::of::<Date>(), TypeId::of::<DateTime>()].contains(&TypeId::of::<C>()) =>
        {
            let text: StrDeserializer<'_, serde::de::value::Error> = without_utc(text)?.into_deserializer();
            C::deserialize(text).ok()
        }
        value => C::deserialize(value).ok().or_else(|| C::deserialize(Value::from(whole(value)?)).ok()),
    }
}

/// The state of a stream that has come so far, as JSON; what [`from_state`] reads stands under the name of the field.
pub(crate) fn to_state(field: String, cursor: &impl Serialize) -> Result<String> {
    Ok(Value::Object([(field, serde_json::to_value(cursor)?)].into_iter().collect()).to_string())
}

/// Why a value is no position, without the value.
pub(crate) fn no_position(value: &Value) -> &'static str {
    match value.as_f64().filter(|_| value.is_f64()) {
        Some(float) if float.fract() != 0.0 => "a number with a fraction",
        Some(_) => "a number that may have lost digits",
        None => kind_of(value),
    }
}

/// The whole number that a float means.
fn whole(value: &Value) -> Option<i64> {
    let float = value.as_f64().filter(|_| value.is_f64())?;
    (float.fract() == 0.0 && float.abs() < FIRST_INEXACT).then_some(float as i64)
}

/// A date and a time that are in no zone may be said to be in UTC. An offset would make another day of it.
fn without_utc(text: &str) -> Option<&str> {
    let time = text.find(['T', 't', ' ']).unwrap_or(text.len());
    match text[time..].find(['Z', 'z', '+', '-']).map(|zone| text.split_at(time + zone)) {
        // A time zone's name.
        _ if text.contains('[') => None,
        None => Some(text),
        Some((local, "Z" | "z" | "+00:00" | "+0000" | "+00" | "-00:00")) => Some(local),
        Some(_) => None,
    }
}

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

    fn read<C: DeserializeOwned + 'static>(json: &str) -> Option<C> {
        from_state(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn whole_numbers_are_read_from_floats_that_are_exact() {
        for json in ["1", "1.0", "1e0", "10e-1"] {
            assert_eq!(read(json), Some(1_i64), "{json}");
            assert_eq!(read(json), Some(1_u8), "{json}");
        }
        assert_eq!(read("1e3"), Some(1_000_u16));
        assert_eq!(read("-0.0"), Some(0_u64));
        assert_eq!(read("9007199254740991.0"), Some(9_007_199_254_740_991_i64));
        assert_eq!(read("18446744073709551615"), Some(u64::MAX));
        for json in [
            "1.5",
            "9007199254740992.0",
            "9007199254740993.0",
            "1e18",
            "18446744073709551616",
            "-1e300",
            "\"1\"",
            "true",
        ] {
            assert_eq!(read::<i64>(json), None, "{json}");
        }
        assert_eq!(read::<u8>("256.0"), None);
        assert_eq!(read::<u8>("-1.0"), None);
        assert_eq!(read::<String>("1.0"), None);
    }

    #[test]
    fn dates_are_read_with_a_time_in_utc_and_moments_with_any_offset() {
        let (date, hour) = (Date::constant(2024, 5, 6), Date::constant(2024, 5, 6).at(7, 0, 0, 0));
        for text in
            ["2024-05-06", "2024-05-06T07:00:00", "2024-05-06T07:00:00Z", "2024-05-06 07:00:00.0+00:00"]
        {
            let json = format!("\"{text}\"");
            assert_eq!(read(&json), Some(date), "{text}");
            let expected = if text.len() > 10 { hour } else { date.at(0, 0, 0, 0) };
            assert_eq!(read(&json), Some(expected), "{text}");
        }
        for text in [
            "2024-05-06T07:00:00+02:00",
            "2024-05-06T07:00:00-05",
            "2024-05-06T07:00:00Z[Europe/Oslo]",
            "2024-05-06[UTC]",
            "2024-05-06Z",
            "2024-05-06T",
            "2024-05-06Tnoon",
            "2024-05-36T07:00:00Z",
            "",
        ] {
            let json = format!("\"{text}\"");
            assert_eq!(read::<Date>(&json), None, "{text}");
            assert_eq!(read::<DateTime>(&json), None, "{text}");
        }
        for text in ["2024-05-06T07:00:00Z", "2024-05-06T09:00:00+02:00", "2024-05-06T07:00:00.000+00:00"] {
            let moment: Timestamp = "2024-05-06T07:00:00Z".parse().unwrap();
            assert_eq!(read(&format!("\"{text}\"")), Some(moment), "{text}");
        }
        assert_eq!(read::<Timestamp>("\"2024-05-06T07:00:00\""), None);
    }

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
