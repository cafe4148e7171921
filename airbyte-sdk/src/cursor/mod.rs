//! Cursors: which types can be one, how they are stored in a state, and how the position of a read advances.
//!
//! Cursor values are compared by their type, never as JSON or text.

mod progress;

pub use self::progress::Order;
pub(crate) use self::progress::Progress;

use crate::error::Result;
use crate::problems::kind_of;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::Serialize;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde_json::Value;
use std::any::{Any, TypeId};

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

/// Returns the cursor value of this time, which no record of a later time is before; `None` if the type has no times.
///
/// A date and a local time do not say where they are. So this is the one at UTC−12, where each day begins last.
pub(crate) fn at_time<C: 'static>(time: Timestamp) -> Option<C> {
    fn same_type<C: 'static>(value: impl Any) -> Option<C> {
        let mut value = Some(value);
        (&mut value as &mut dyn Any).downcast_mut::<Option<C>>().and_then(Option::take)
    }
    let local = Offset::constant(-12).to_datetime(time);
    same_type(time).or_else(|| same_type(local)).or_else(|| same_type(local.date()))
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
    fn time_of_a_date_is_that_where_the_day_begins_last() {
        let noon: Timestamp = "2024-05-06T12:00:00Z".parse().unwrap();
        assert_eq!(at_time(noon), Some(noon));
        assert_eq!(at_time(noon), Some(Date::constant(2024, 5, 6)));
        assert_eq!(at_time(noon), Some(Date::constant(2024, 5, 6).at(0, 0, 0, 0)));
        let before: Timestamp = "2024-05-06T11:59:59Z".parse().unwrap();
        assert_eq!(at_time(before), Some(Date::constant(2024, 5, 5)));
        assert_eq!((at_time::<i64>(noon), at_time::<String>(noon)), (None, None));
        assert!(at_time::<Date>(Timestamp::MIN).is_some());
    }
}
