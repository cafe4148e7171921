//! The cursor types that windows can have.

use super::at::At;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::fmt::Display;

/// A cursor type that is a time: `Date`, `DateTime` and `Timestamp`.
#[diagnostic::on_unimplemented(
    message = "a stream with the cursor type `{Self}` has no windows",
    label = "not a `Date`, `DateTime` or `Timestamp`",
    note = "if the cursor is a number of seconds or milliseconds since 1970, call `epoch_windows`"
)]
pub trait TimeCursor: Bound {}

/// A cursor type that can be a number of units since 1970: an integer.
#[diagnostic::on_unimplemented(
    message = "the cursor type `{Self}` cannot be a number of units since 1970",
    label = "not an integer",
    note = "if the cursor is a `Date`, `DateTime` or `Timestamp`, call `windows`"
)]
pub trait EpochCursor: Bound {}

/// The unit of a cursor that counts from 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EpochUnit {
    /// Unix time.
    Second,
    /// A thousandth of a second.
    Millisecond,
    /// A millionth of a second.
    Microsecond,
}

impl EpochUnit {
    const fn nanoseconds(self) -> i128 {
        match self {
            Self::Second => 1_000_000_000,
            Self::Millisecond => 1_000_000,
            Self::Microsecond => 1_000,
        }
    }

    /// Returns the number of whole units until this time, rounded down.
    pub(crate) fn count(self, time: Timestamp) -> i128 {
        time.as_nanosecond().div_euclid(self.nanoseconds())
    }

    /// Returns the first or the last time if that is nearer.
    fn time(self, count: i128) -> Timestamp {
        let nanoseconds = count.saturating_mul(self.nanoseconds());
        let nearest = if count < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::from_nanosecond(nanoseconds).unwrap_or(nearest)
    }
}

/// A value that can be the bound of a window: a time or an integer. Cannot be implemented by other crates.
#[diagnostic::on_unimplemented(
    message = "a stream with the cursor type `{Self}` has no windows",
    label = "not a `Date`, `DateTime`, `Timestamp` or integer",
    note = "`NoCursor` means that the stream has no cursor: add `cursor = field` to its `#[airbyte_stream(…)]`"
)]
pub trait Bound: Copy + PartialOrd + Display {
    /// Whether the value has no time zone.
    #[doc(hidden)]
    const IS_CIVIL: bool = false;
    #[doc(hidden)]
    const IS_DATE: bool = false;
    #[doc(hidden)]
    const IS_EPOCH: bool = false;

    /// Returns the smallest time that a step may consist of, in nanoseconds.
    #[doc(hidden)]
    fn resolution(unit: EpochUnit) -> i128 {
        let _ = unit;
        1_000_000_000
    }

    /// Returns the value at this time, rounded down to a whole second, day or unit; the nearest one if there is none.
    #[doc(hidden)]
    fn value(at: &At, unit: EpochUnit) -> Self;

    #[doc(hidden)]
    fn at(self, unit: EpochUnit, zone: &TimeZone) -> At;

    /// Returns the value before this one.
    #[doc(hidden)]
    fn before(self) -> Self;

    /// Returns the value of a number of units since 1970; `None` if the type has no such value, or is not a number.
    #[doc(hidden)]
    fn of_epoch(count: i128) -> Option<Self> {
        let _ = count;
        None
    }
}

#[diagnostic::do_not_recommend]
impl TimeCursor for Date {}
#[diagnostic::do_not_recommend]
impl TimeCursor for DateTime {}
#[diagnostic::do_not_recommend]
impl TimeCursor for Timestamp {}

fn local(at: &At) -> DateTime {
    match at {
        At::Civil(time) => *time,
        At::Zoned(time) => time.datetime(),
    }
}

fn timestamp(at: &At) -> Timestamp {
    match at {
        At::Civil(time) => TimeZone::UTC.to_timestamp(*time).unwrap_or(Timestamp::MIN),
        At::Zoned(time) => time.timestamp(),
    }
}

#[diagnostic::do_not_recommend]
impl Bound for Date {
    const IS_CIVIL: bool = true;
    const IS_DATE: bool = true;

    fn value(at: &At, _: EpochUnit) -> Self {
        local(at).date()
    }

    fn at(self, _: EpochUnit, _: &TimeZone) -> At {
        At::Civil(self.at(0, 0, 0, 0))
    }

    fn before(self) -> Self {
        self.yesterday().unwrap_or(self)
    }
}

#[diagnostic::do_not_recommend]
impl Bound for DateTime {
    const IS_CIVIL: bool = true;

    fn value(at: &At, _: EpochUnit) -> Self {
        let time = local(at);
        time.date().at(time.hour(), time.minute(), time.second(), 0)
    }

    fn at(self, _: EpochUnit, _: &TimeZone) -> At {
        At::Civil(self)
    }

    fn before(self) -> Self {
        self.checked_sub(1.nanosecond()).unwrap_or(self)
    }
}

#[diagnostic::do_not_recommend]
impl Bound for Timestamp {
    fn value(at: &At, _: EpochUnit) -> Self {
        EpochUnit::Second.time(EpochUnit::Second.count(timestamp(at)))
    }

    fn at(self, _: EpochUnit, zone: &TimeZone) -> At {
        At::Zoned(self.to_zoned(zone.clone()))
    }

    fn before(self) -> Self {
        self.checked_sub(1.nanosecond()).unwrap_or(self)
    }
}

macro_rules! epoch_cursors {
    ($($ty:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl EpochCursor for $ty {}

        #[diagnostic::do_not_recommend]
        impl Bound for $ty {
            const IS_EPOCH: bool = true;

            fn resolution(unit: EpochUnit) -> i128 {
                unit.nanoseconds()
            }

            fn value(at: &At, unit: EpochUnit) -> Self {
                let count = unit.count(timestamp(at));
                Self::try_from(count).unwrap_or(if count < 0 { Self::MIN } else { Self::MAX })
            }

            fn at(self, unit: EpochUnit, zone: &TimeZone) -> At {
                At::Zoned(unit.time(self.into()).to_zoned(zone.clone()))
            }

            fn before(self) -> Self {
                self.saturating_sub(1)
            }

            fn of_epoch(count: i128) -> Option<Self> {
                Self::try_from(count).ok()
            }
        }
    )*};
}
epoch_cursors!(i8 i16 i32 i64 u8 u16 u32 u64);
