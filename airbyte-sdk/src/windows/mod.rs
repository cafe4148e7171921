//! Windows: consecutive ranges of time, for APIs that limit the range of one request.
//!
//! [`Emitter::windows`](crate::Emitter::windows) creates them in a fetch function. The [guide](crate::guide::windows) has an
//! overview.

// Problem: APIs want `from` and `to`, at most a day or a month apart, as dates, timestamps or numbers, with an inclusive or an
// exclusive end. What is wrong at a bound is lost or read twice.
//
// Idea: the range from `since` to now is cut lazily into half-open windows; each starts where its predecessor ends. A bound is
// a point on one of two axes (`At`): instants, with calendar steps in a time zone, or civil times, for dates and local times.
// Bounds are whole seconds, days or units of an epoch, so an API that truncates them leaves no gap.
//
// What must stay true: the windows cover the range without gap or overlap, and none is longer than the step. Nothing here
// reads the clock.

mod at;
mod cursor;
#[cfg(test)]
mod tests;

use self::at::At;
pub use self::at::Point;
pub(crate) use self::cursor::Bound;
pub use self::cursor::{EpochCursor, EpochUnit, TimeCursor};

use crate::error::{Error, Result};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Unit};
use std::fmt;
use std::marker::PhantomData;

/// The range of time that a stream reads, to be split into [`Window`]s. Created by
/// [`Emitter::windows`](crate::Emitter::windows), or by [`new`](Self::new) for a given time.
///
/// ```
/// use airbyte_sdk::{Date, Result, Timestamp, jiff::ToSpan, windows::Windows};
///
/// fn requests(since: Option<Timestamp>, start: Date, now: Timestamp) -> Result<Vec<String>> {
///     let windows = Windows::new(since, start, now).lookback(1.hour()).steps(1.month())?;
///     Ok(windows.map(|window| format!("?from={}&before={}", window.start(), window.end())).collect())
/// }
///
/// let (start, now) = (Date::constant(2026, 1, 1), "2026-02-10T12:00:00Z".parse()?);
/// assert_eq!(
///     requests(None, start, now)?,
///     [
///         "?from=2026-01-01T00:00:00Z&before=2026-02-01T00:00:00Z",
///         "?from=2026-02-01T00:00:00Z&before=2026-02-10T12:00:00Z",
///     ]
/// );
/// let since = Some("2026-02-10T08:30:00Z".parse()?);
/// assert_eq!(requests(since, start, now)?, ["?from=2026-02-10T07:30:00Z&before=2026-02-10T12:00:00Z"]);
/// # Ok::<(), airbyte_sdk::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "call `steps` to get the windows"]
pub struct Windows<C> {
    since: Option<C>,
    start: Point,
    end: End,
    now: Timestamp,
    zone: TimeZone,
    lookback: Span,
    alignment: Option<Unit>,
    unit: EpochUnit,
    newest_only: bool,
}

/// Where the last window ends.
#[derive(Clone, Debug)]
enum End {
    Now,
    Through(Date),
    Until(Point),
}

impl<C: TimeCursor> Windows<C> {
    /// Creates the range from `since`, or from `start` if that is later or there is no `since`, until `now`.
    ///
    /// In a fetch function, call [`Emitter::windows`](crate::Emitter::windows) instead, which knows the time.
    pub fn new(since: Option<C>, start: impl Into<Point>, now: Timestamp) -> Self {
        Self::of(EpochUnit::Second, since, start.into(), now)
    }
}

impl<C: EpochCursor> Windows<C> {
    /// Creates the range for a cursor that is the number of units since 1970-01-01T00:00:00Z.
    ///
    /// In a fetch function, call [`Emitter::epoch_windows`](crate::Emitter::epoch_windows) instead, which knows the time.
    pub fn epoch(unit: EpochUnit, since: Option<C>, start: impl Into<Point>, now: Timestamp) -> Self {
        Self::of(unit, since, start.into(), now)
    }
}

impl<C: Bound> Windows<C> {
    pub(crate) fn of(unit: EpochUnit, since: Option<C>, start: Point, now: Timestamp) -> Self {
        let (zone, lookback) = (TimeZone::UTC, Span::new());
        Self { since, start, end: End::Now, now, zone, lookback, alignment: None, unit, newest_only: false }
    }

    /// Reads this much before `since` again, because the API corrects records, or adds them late with an earlier time.
    ///
    /// The windows still do not start before the start of the range.
    pub fn lookback(self, lookback: Span) -> Self {
        Self { lookback, ..self }
    }

    /// Sets the last day to read, which is included; `None` for no such day. A day in the future does not extend the range
    /// beyond now.
    pub fn through(self, day: impl Into<Option<Date>>) -> Self {
        match day.into() {
            Some(day) => Self { end: End::Through(day), ..self },
            None => self,
        }
    }

    /// Ends the range at this point instead of now, even if it is in the future. The end is exclusive: with a date, the last
    /// day is the day before.
    pub fn until(self, end: impl Into<Point>) -> Self {
        Self { end: End::Until(end.into()), ..self }
    }

    /// Sets the time zone of days and months; by default UTC. It determines where a step of a day or a month ends, when the
    /// day of a date begins, and which day is today.
    ///
    /// ```
    /// # use airbyte_sdk::{Date, Timestamp, jiff::ToSpan, jiff::tz::TimeZone, windows::Windows};
    /// let new_york = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0")?;
    /// let windows = Windows::<Timestamp>::new(None, Date::constant(2026, 3, 7), "2026-03-09T04:00:00Z".parse()?);
    /// let days: Vec<_> = windows.time_zone(new_york).steps(1.day())?.map(|day| day.to_string()).collect();
    /// // Daylight saving time starts on the second day, which has 23 hours.
    /// assert_eq!(days, ["2026-03-07T05:00:00Z..2026-03-08T05:00:00Z", "2026-03-08T05:00:00Z..2026-03-09T04:00:00Z"]);
    /// # Ok::<(), airbyte_sdk::Error>(())
    /// ```
    pub fn time_zone(self, zone: TimeZone) -> Self {
        Self { zone, ..self }
    }

    /// Moves the start of the first window back to the beginning of its year, month, week (on Monday), day or hour, for an API
    /// that has one report per month, or is queried by day.
    ///
    /// The first window may then start before the start of the range.
    pub fn align(self, unit: Unit) -> Self {
        Self { alignment: Some(unit), ..self }
    }

    /// Keeps only the newest window.
    pub(crate) fn newest_only(self, newest_only: bool) -> Self {
        Self { newest_only, ..self }
    }

    /// Returns the windows in ascending order, each at most `step` long. They are computed one at a time, so there may be
    /// very many. There are none if the range is empty, such as when `since` is in the future.
    ///
    /// A step of months ends on the same day of the next month, or on its last day: 31 January, 28 February, 28 March. A step
    /// of days has 23 or 25 hours when daylight saving time starts or ends in the [time zone](Self::time_zone).
    ///
    /// # Errors
    ///
    /// Returns a system error if
    ///
    /// - the step is not positive, or finer than the cursor: it must be whole days for a `Date`, whole units for an epoch, and
    ///   otherwise whole seconds;
    /// - the lookback is negative;
    /// - the unit of [`align`](Self::align) is none of those named there.
    pub fn steps(self, step: Span) -> Result<Steps<C>> {
        self.check(step)?;
        let (at, end) = self.range(step)?;
        Ok(Steps { at, end, step, unit: self.unit, cursor: PhantomData })
    }

    fn check(&self, step: Span) -> Result<()> {
        if !step.is_positive() {
            return Err(Error::system(format!(
                "the step of windows must be positive; it is {}",
                text(&step)
            )));
        }
        if self.lookback.is_negative() {
            return Err(Error::system(format!(
                "the lookback of windows must not be negative; it is {}",
                text(&self.lookback)
            )));
        }
        let nanoseconds = nanoseconds(&step);
        if nanoseconds % C::resolution(self.unit) != 0 || C::IS_DATE && nanoseconds != 0 {
            let (whole, cursor) = match (C::IS_DATE, C::IS_EPOCH) {
                (true, _) => ("days", "a date"),
                (_, true) => ("units", "a number"),
                _ => ("seconds", "a time"),
            };
            return Err(Error::system(format!(
                "a step of {} does not fit windows whose cursor is {cursor}; it must be whole {whole}",
                text(&step)
            )));
        }
        Ok(())
    }

    /// Returns the start of the first window and the end of the last one.
    fn range(&self, step: Span) -> Result<(At, At)> {
        let zone = &self.zone;
        let point = |point: &Point| At::of(point, zone, C::IS_CIVIL);
        let now = At::of(&Point::Timestamp(self.now), zone, C::IS_CIVIL);
        // The last day of a range of dates is the current one.
        let now = if C::IS_DATE { now.next_day() } else { now };
        let end = match &self.end {
            End::Now => now,
            End::Through(day) => point(&Point::Date(*day)).next_day().min(now),
            End::Until(end) => point(end),
        };
        let start = point(&self.start);
        let mut at = match self.since {
            Some(since) => since.at(self.unit, zone).minus(self.lookback).max(start),
            None => start,
        };
        if let Some(unit) = self.alignment {
            at = at.beginning_of(unit).ok_or_else(|| {
                Error::system(format!(
                    "windows cannot be aligned to a {unit:?}; use a year, month, week, day or hour"
                ))
            })?;
        }
        if self.newest_only {
            at = end.minus(step).max(at);
        }
        // As values of the cursor, and back: bounds have its resolution and are within its range.
        let rounded = |at: &At| C::value(at, self.unit).at(self.unit, zone);
        Ok((rounded(&at), rounded(&end)))
    }
}

/// Returns a span as authors write it, such as `-1d 12h`.
fn text(span: &Span) -> String {
    let sign = if span.is_negative() { "-" } else { "" };
    format!("{sign}{:#}", span.abs())
}

/// Returns the hours and smaller units of a span in nanoseconds.
fn nanoseconds(span: &Span) -> i128 {
    let units = [
        (i128::from(span.get_hours()), 3_600_000_000_000),
        (span.get_minutes().into(), 60_000_000_000),
        (span.get_seconds().into(), 1_000_000_000),
        (span.get_milliseconds().into(), 1_000_000),
        (span.get_microseconds().into(), 1_000),
        (span.get_nanoseconds().into(), 1),
    ];
    units.into_iter().map(|(count, size)| count * size).sum()
}

/// The windows of a range, from the first to the newest. Created by [`Windows::steps`].
///
/// A function that lists the windows of a stream, for [`#[windows]`](crate::airbyte_source#windows), returns this type.
#[derive(Clone, Debug)]
#[must_use = "iterate over the windows, or return them"]
pub struct Steps<C> {
    at: At,
    end: At,
    step: Span,
    unit: EpochUnit,
    cursor: PhantomData<fn() -> C>,
}

impl<C: Bound> Iterator for Steps<C> {
    type Item = Window<C>;

    fn next(&mut self) -> Option<Window<C>> {
        if self.at >= self.end {
            return None;
        }
        // `None` is beyond all times.
        let next = self.at.plus(self.step).filter(|next| *next < self.end && *next > self.at);
        let next = next.unwrap_or_else(|| self.end.clone());
        let (start, end) = (C::value(&self.at, self.unit), C::value(&next, self.unit));
        self.at = next;
        Some(Window { start, end })
    }
}

/// A range of time that an API is queried for. Created by [`Windows::steps`].
///
/// Whether the end of a range is inclusive or exclusive depends on the API, so there is a method for each: [`end`](Self::end)
/// is the exclusive end, and [`last`](Self::last) the inclusive one.
///
/// | API | request |
/// | --- | --- |
/// | `from <= date <= to`, by day | `Window<Date>`: [`start`](Self::start) and [`last`](Self::last) |
/// | `from <= time < to` | `start` and `end` |
/// | `from <= time <= to` | `start` and `last`, written with the API's precision |
///
/// Its position for [`checkpoint`](crate::Emitter::checkpoint) is always the `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window<C> {
    start: C,
    end: C,
}

impl<C: Bound> Window<C> {
    /// Returns the start, inclusive: a whole second, or a whole unit of the epoch.
    pub fn start(&self) -> C {
        self.start
    }

    /// Returns the exclusive end, which is the start of the next window.
    pub fn end(&self) -> C {
        self.end
    }

    /// Returns the inclusive end, the last value before [`end`](Self::end): the day, unit or nanosecond before it.
    ///
    /// A nanosecond is finer than the precision of APIs. Truncated to seconds or milliseconds, it is the last second or
    /// millisecond of the window: `last().strftime("%Y-%m-%dT%H:%M:%SZ")` is `2026-01-31T23:59:59Z`.
    pub fn last(&self) -> C {
        self.end.before()
    }

    /// Returns whether the window contains this value: `start <= value < end`.
    pub fn contains(&self, value: &C) -> bool {
        *value >= self.start && *value < self.end
    }
}

impl<C: fmt::Display> fmt::Display for Window<C> {
    /// Writes the window as `start..end`, such as `2026-10-15..2026-10-22`; the end is exclusive.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}
