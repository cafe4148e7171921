//! Points in time: those of authors, and those that windows are computed with.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, Unit, Zoned};
use std::cmp::Ordering;

/// Where a range of windows starts or ends: a `Date`, `DateTime`, `Timestamp` or `Zoned`, each of which converts into it.
///
/// A date is the beginning of that day. A date or a local time is in the [time zone](super::Windows::time_zone) of the
/// windows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Point {
    /// The beginning of a day.
    Date(Date),
    /// A local time.
    DateTime(DateTime),
    /// An instant.
    Timestamp(Timestamp),
}

impl From<Date> for Point {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

impl From<DateTime> for Point {
    fn from(time: DateTime) -> Self {
        Self::DateTime(time)
    }
}

impl From<Timestamp> for Point {
    fn from(timestamp: Timestamp) -> Self {
        Self::Timestamp(timestamp)
    }
}

impl From<Zoned> for Point {
    fn from(zoned: Zoned) -> Self {
        Self::Timestamp(zoned.timestamp())
    }
}

/// A bound of a window. Values of different kinds are not compared.
#[derive(Clone, Debug, PartialEq)]
pub enum At {
    /// For dates and local times: no time zone, so each day has 24 hours.
    Civil(DateTime),
    /// For instants: days and months are those of the time zone.
    Zoned(Zoned),
}

impl At {
    pub(super) fn of(point: &Point, zone: &TimeZone, is_civil: bool) -> Self {
        match (point, is_civil) {
            (Point::Date(date), true) => Self::Civil(date.at(0, 0, 0, 0)),
            (Point::DateTime(time), true) => Self::Civil(*time),
            (Point::Timestamp(timestamp), true) => Self::Civil(zone.to_datetime(*timestamp)),
            (Point::Date(date), false) => Self::in_zone(date.at(0, 0, 0, 0), zone),
            (Point::DateTime(time), false) => Self::in_zone(*time, zone),
            (Point::Timestamp(timestamp), false) => Self::Zoned(timestamp.to_zoned(zone.clone())),
        }
    }

    /// A local time that is skipped becomes the same time after the gap; of one that is repeated, the first counts.
    fn in_zone(time: DateTime, zone: &TimeZone) -> Self {
        // The range of timestamps is a few hours smaller than that of local times.
        let nearest = if time.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Self::Zoned(time.to_zoned(zone.clone()).unwrap_or_else(|_| nearest.to_zoned(zone.clone())))
    }

    /// Returns `None` beyond the last time.
    pub(super) fn plus(&self, span: Span) -> Option<Self> {
        match self {
            Self::Civil(time) => time.checked_add(span).ok().map(Self::Civil),
            Self::Zoned(time) => time.checked_add(span).ok().map(Self::Zoned),
        }
    }

    /// Returns the first time of all if that is later.
    pub(super) fn minus(&self, span: Span) -> Self {
        match self {
            Self::Civil(time) => Self::Civil(time.checked_sub(span).unwrap_or(DateTime::MIN)),
            Self::Zoned(time) => {
                let first = || Timestamp::MIN.to_zoned(time.time_zone().clone());
                Self::Zoned(time.checked_sub(span).unwrap_or_else(|_| first()))
            }
        }
    }

    /// Returns the beginning of the next day.
    pub(super) fn next_day(&self) -> Self {
        let day = self.beginning_of(Unit::Day).unwrap_or_else(|| self.clone());
        day.plus(1.day()).unwrap_or(day)
    }

    /// Returns the beginning of the year, month, week, day or hour; `None` for another unit.
    pub(super) fn beginning_of(&self, unit: Unit) -> Option<Self> {
        let time = match self {
            Self::Civil(time) => *time,
            Self::Zoned(time) => time.datetime(),
        };
        let date = time.date();
        let midnight = |date: Date| date.at(0, 0, 0, 0);
        let beginning = match unit {
            Unit::Year => midnight(date.first_of_year()),
            Unit::Month => midnight(date.first_of_month()),
            Unit::Week => {
                let days = i64::from(date.weekday().to_monday_zero_offset()).days();
                midnight(date.checked_sub(days).unwrap_or(Date::MIN))
            }
            Unit::Day => midnight(date),
            Unit::Hour => date.at(time.hour(), 0, 0, 0),
            _ => return None,
        };
        Some(match self {
            Self::Civil(_) => Self::Civil(beginning),
            // In an hour that is repeated, the beginning is that of the first.
            Self::Zoned(zoned) => Self::in_zone(beginning, zoned.time_zone()).min(self.clone()),
        })
    }

    pub(super) fn min(self, other: Self) -> Self {
        if other < self { other } else { self }
    }

    pub(super) fn max(self, other: Self) -> Self {
        if other > self { other } else { self }
    }
}

impl PartialOrd for At {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Civil(one), Self::Civil(other)) => Some(one.cmp(other)),
            (Self::Zoned(one), Self::Zoned(other)) => Some(one.timestamp().cmp(&other.timestamp())),
            _ => None,
        }
    }
}
