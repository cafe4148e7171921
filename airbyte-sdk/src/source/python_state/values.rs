//! Cursor values in other formats than the SDK's: as an API writes them, and as a connector in Python keeps them.
//!
//! What must stay true: a value is read as the position that it stands for, or as an earlier one, from which the fetch function
//! reads some records again. A value that may stand for a later position is not read.

use crate::cursor;
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, tz::Offset};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::any::TypeId;
use std::borrow::Cow;
use std::ops::Range;

/// The years from 1980 to 2199, in seconds since 1970. Their ranges in seconds, milliseconds and microseconds do not overlap,
/// nor with dates written as numbers, such as 20240506070000.
const RECENT: Range<i64> = 315_532_800..7_258_118_400;

/// Reads a cursor value from a state.
pub(in crate::source) fn cursor_value<C: DeserializeOwned + 'static>(value: &Value) -> Option<C> {
    if let Some(cursor) = cursor::from_state(value) {
        return Some(cursor);
    }
    let ty = TypeId::of::<C>();
    if ty == TypeId::of::<String>() {
        return None;
    }
    let compact = match value {
        Value::String(text) => Cow::Owned(Value::String(without_blank_before_offset(text))),
        other => Cow::Borrowed(other),
    };
    if ty == TypeId::of::<Timestamp>() {
        return converted(timestamp(&compact)?);
    }
    // An integer as text. No other type of cursor is read from a number.
    let number = value.as_str().and_then(integer).and_then(converted);
    number.or_else(|| cursor::from_state(&compact))
}

/// Returns the position that is this much earlier; `None` if the type or the value does not tell how long a second is.
pub(in crate::source) fn earlier<C>(cursor: C, seconds: i64) -> Option<C>
where
    C: Serialize + DeserializeOwned + 'static,
{
    if seconds == 0 {
        return Some(cursor);
    }
    let (ty, by) = (TypeId::of::<C>(), SignedDuration::from_secs(seconds));
    if ty == TypeId::of::<Timestamp>() {
        converted(converted::<Timestamp>(cursor)?.saturating_sub(by).ok()?)
    } else if ty == TypeId::of::<DateTime>() {
        converted(converted::<DateTime>(cursor)?.saturating_sub(by))
    } else if ty == TypeId::of::<Date>() {
        let midnight = converted::<Date>(cursor)?.at(0, 0, 0, 0);
        converted(midnight.saturating_sub(by).date())
    } else {
        let number: i64 = converted(cursor)?;
        converted(number.checked_sub(seconds.checked_mul(unit(number)?)?)?)
    }
}

/// Converts between types with the same JSON.
fn converted<C: DeserializeOwned>(value: impl Serialize) -> Option<C> {
    serde_json::from_value(serde_json::to_value(value).ok()?).ok()
}

fn timestamp(value: &Value) -> Option<Timestamp> {
    let Some(text) = value.as_str() else {
        return since_1970(value.as_i64().or_else(|| whole(value.as_f64()?))?);
    };
    let (number, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if let Some(number) = integer(number) {
        return since_1970(number).filter(|_| is_digits(fraction));
    }
    if let Some(exact) = cursor::from_state(value) {
        return Some(exact);
    }
    // Without a time zone, the time that is first anywhere: it is 14 hours earlier at most.
    Offset::constant(14).to_timestamp(local(text)?).ok()
}

fn local(text: &str) -> Option<DateTime> {
    // Otherwise it has the name of a time zone, or UTC in a form that is not a timestamp.
    text.bytes().all(|byte| !matches!(byte, b'[' | b'Z' | b'z')).then(|| text.parse().ok()).flatten()
}

/// Returns the time that is so many seconds, milliseconds or microseconds after 1970, whichever is recent.
fn since_1970(number: i64) -> Option<Timestamp> {
    if number == 0 {
        return Some(Timestamp::UNIX_EPOCH);
    }
    Timestamp::from_microsecond(number.checked_mul(1_000_000 / unit(number)?)?).ok()
}

/// Returns how many units a second has, if this number is a recent time.
fn unit(number: i64) -> Option<i64> {
    [1, 1_000, 1_000_000].into_iter().find(|unit| (RECENT.start * unit..RECENT.end * unit).contains(&number))
}

fn integer(text: &str) -> Option<i64> {
    is_digits(text.strip_prefix('-').unwrap_or(text)).then(|| text.parse().ok()).flatten()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the integer part of a number of seconds.
fn whole(number: f64) -> Option<i64> {
    (RECENT.start as f64..RECENT.end as f64).contains(&number).then_some(number as i64)
}

/// `2024-05-06 07:00:00 +0000` is common, and not ISO 8601.
fn without_blank_before_offset(text: &str) -> String {
    text.replace(" +", "+").replace(" -", "-").replace(" Z", "Z")
}
