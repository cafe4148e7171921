//! Cursors: which types can be one, how they are stored in a state, and how the position of a read advances.
//!
//! Cursor values are compared by their type, never as JSON or text. [`Progress`] tracks the position of one read: in an
//! ascending stream each record advances it, so a state may be sent at any time; in an unordered stream the furthest value
//! is valid only at the end. What must stay true: the position never decreases, never passes a hold, and relies on the order
//! only as long as no record has violated it.

use crate::error::{Error, Result};
use crate::problems::kind_of;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::Serialize;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde_json::Value;
use std::any::TypeId;

/// A type whose values order the records of a stream, so that a sync can resume after the last one.
///
/// Values are compared by their type: dates as dates and numbers as numbers, not as text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a cursor",
    label = "not a `Date`, `DateTime`, `Timestamp`, integer or `String`",
    note = "`NoCursor` means that the stream has no cursor: add `cursor = field` to its `#[airbyte_stream(…)]`, or remove `since` from its fetch function"
)]
pub trait Cursor: PartialOrd + Clone + Serialize + DeserializeOwned + Send + Sync + 'static {}

/// The type of a cursor field: a [`Cursor`], or an `Option` of one. Required by the macro.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a cursor field",
    label = "not a supported cursor type",
    note = "a cursor field is a `Date`, `DateTime` or `Timestamp`, an integer or a `String`, or an `Option` of one"
)]
pub trait CursorField {
    /// The type of the value, without `Option`.
    type Cursor: Cursor;

    /// Returns the cursor value, or `None` if it is null.
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

/// The cursor type of a stream without a cursor. It has no values.
#[derive(Clone, Debug, PartialEq, PartialOrd, Serialize, serde::Deserialize)]
pub enum NoCursor {}

/// From this number on (2^53) a float may be a rounded integer.
const FIRST_INEXACT: f64 = 9_007_199_254_740_992.0;

/// Reads a cursor value from a state.
///
/// Platforms may rewrite the JSON of states: an integer may get a decimal point or an exponent, and a date a time of day.
/// Returns `None` for a value that may stand for another position.
pub(crate) fn from_state<C: DeserializeOwned + 'static>(value: &Value) -> Option<C> {
    match value {
        Value::String(text)
            if [TypeId::of::<Date>(), TypeId::of::<DateTime>()].contains(&TypeId::of::<C>()) =>
        {
            let text: StrDeserializer<'_, serde::de::value::Error> = without_utc(text)?.into_deserializer();
            C::deserialize(text).ok()
        }
        value => C::deserialize(value).ok().or_else(|| C::deserialize(Value::from(integral(value)?)).ok()),
    }
}

/// Returns the state for this cursor value, as JSON: an object with the value under the name of the field.
pub(crate) fn to_state(field: String, cursor: &impl Serialize) -> Result<String> {
    Ok(Value::Object([(field, serde_json::to_value(cursor)?)].into_iter().collect()).to_string())
}

/// Describes a value that is not a valid cursor value, without showing it.
pub(crate) fn describe_invalid(value: &Value) -> &'static str {
    match value.as_f64().filter(|_| value.is_f64()) {
        Some(float) if float.fract() != 0.0 => "a number with a fraction",
        Some(_) => "a number that may have lost digits",
        None => kind_of(value),
    }
}

/// Returns the integer that a float represents exactly.
fn integral(value: &Value) -> Option<i64> {
    let float = value.as_f64().filter(|_| value.is_f64())?;
    (float.fract() == 0.0 && float.abs() < FIRST_INEXACT).then_some(float as i64)
}

/// Removes a UTC suffix, which a platform may have added to a date or a local time. Returns `None` for other time zones,
/// which would change the day.
fn without_utc(text: &str) -> Option<&str> {
    let time = text.find(['T', 't', ' ']).unwrap_or(text.len());
    match text[time..].find(['Z', 'z', '+', '-']).map(|zone| text.split_at(time + zone)) {
        // The name of a time zone.
        _ if text.contains('[') => None,
        None => Some(text),
        Some((local, "Z" | "z" | "+00:00" | "+0000" | "+00" | "-00:00")) => Some(local),
        Some(_) => None,
    }
}

/// The order in which the records of a stream are emitted, by their cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// Any order. A state is sent only at the end of the stream.
    Unordered,
    /// The cursor never decreases. States are sent during the read.
    Ascending,
}

/// Tracks the position of one read.
pub(crate) struct Progress<C> {
    order: Order,
    /// The position that the read resumed from.
    since: Option<C>,
    /// The greatest cursor value seen, or `since` if that is greater.
    furthest: Option<C>,
    /// The cursor value of the last record, which may be before `since`.
    last: Option<C>,
    /// While the stream is held: the number of the hold and the position at which it began.
    held: Option<(u64, Option<C>)>,
}

impl<C: PartialOrd + Clone + Serialize> Progress<C> {
    pub(crate) fn new(order: Order, since: Option<C>) -> Self {
        Self { order, furthest: since.clone(), since, last: None, held: None }
    }

    /// Returns whether a state may be sent before the end: the stream is ascending, and its order was not violated.
    pub(crate) fn can_checkpoint(&self) -> bool {
        self.order == Order::Ascending
    }

    /// Returns the position for a state: the furthest one, or the one at which a hold began.
    pub(crate) fn position(&self) -> Option<&C> {
        self.held.as_ref().map_or(&self.furthest, |(_, position)| position).as_ref()
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
        // In an unordered stream the records before the hold do not determine a position.
        let position = if self.can_checkpoint() { &self.furthest } else { &self.since };
        self.held = Some((number, position.clone()));
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

    /// Resets the position to the start of the read, since it relied on an order that does not hold.
    #[cold]
    fn decreased(&mut self, cursor: &C) -> Error {
        self.order = Order::Unordered;
        self.furthest = self.since.clone();
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

    fn read<C: DeserializeOwned + 'static>(json: &str) -> Option<C> {
        from_state(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn integers_are_read_from_exact_floats_only() {
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
    fn dates_accept_a_time_in_utc_and_timestamps_any_offset() {
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
            let timestamp: Timestamp = "2024-05-06T07:00:00Z".parse().unwrap();
            assert_eq!(read(&format!("\"{text}\"")), Some(timestamp), "{text}");
        }
        assert_eq!(read::<Timestamp>("\"2024-05-06T07:00:00\""), None);
    }

    #[test]
    fn furthest_position_never_decreases() {
        let mut progress = Progress::new(Order::Unordered, Some(5));
        for value in [3, 9, 4] {
            progress.observe(&value).unwrap();
        }
        assert_eq!(progress.position(), Some(&9));
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
            assert_eq!(progress.position(), Some(&held_at));
            assert!(progress.update_hold(Some(2)), "the first one was released");
            assert_eq!(progress.position(), Some(&if order == Order::Ascending { 9 } else { 5 }));
            progress.update_hold(None);
            assert_eq!(progress.position(), Some(&9));
        }
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
