//! Ranges of days, for APIs that are queried by date.

use crate::error::{Error, Result};
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// The days to request from an API, from the first to the last, inclusive.
///
/// Combines the dates chosen by the user, the day at which the last read ended and the days that the API has so far.
/// [`check`](Self::check) compares the response with the range.
///
/// ```
/// use airbyte_sdk::{Date, DateRange, Result, jiff::tz::Offset};
///
/// /// Complete days in UTC: by default 30 in the first read. Later reads start with the last day again, since an earlier
/// /// read may have received only part of it.
/// fn new_days(start: Option<Date>, end: Option<Date>, since: Option<Date>) -> Result<Option<DateRange>> {
///     Ok(DateRange::ended_at(Offset::UTC, 30).between(start, end)?.after(since, 1))
/// }
///
/// let (start, end) = ("2026-03-01".parse()?, "2026-03-31".parse()?);
/// let march = new_days(Some(start), Some(end), None)?.unwrap();
/// assert_eq!(march.to_string(), "2026-03-01 to 2026-03-31");
/// let rest = new_days(Some(start), Some(end), Some("2026-03-10".parse()?))?.unwrap();
/// assert_eq!(rest.to_string(), "2026-03-10 to 2026-03-31");
/// assert_eq!(new_days(Some(start), Some(end), Some("2026-04-02".parse()?))?, None);
/// # Ok::<(), airbyte_sdk::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateRange {
    first: Date,
    last: Date,
    /// Whether the user chose the first day, so that the range must not start earlier.
    start_is_chosen: bool,
    /// Whether a day of the response was checked.
    has_response: bool,
}

/// If the first returned day is later than this, a warning is logged. Holidays and weekends are shorter.
const MAX_INITIAL_GAP: SignedDuration = days(10);

impl DateRange {
    /// Returns the `count` days ending with `last`, inclusive; at least one.
    pub fn up_to(last: Date, count: u32) -> Self {
        let first = last.saturating_sub(days(count)).saturating_add(days(1)).min(last);
        Self { first, last, start_is_chosen: false, has_response: false }
    }

    /// Returns the last `count` complete days at this UTC offset. For time zones with daylight saving time, pass the offset
    /// of standard time.
    pub fn ended_at(offset: Offset, count: u32) -> Self {
        let today = offset.to_datetime(Timestamp::now()).date();
        Self::up_to(today.saturating_sub(days(1)), count)
    }

    /// Returns the days chosen by the user, limited to the last day of this range. Without a start, keeps the number of days.
    ///
    /// # Errors
    ///
    /// Returns a config error if the end is before the start.
    pub fn between(self, start: impl Into<Option<Date>>, end: impl Into<Option<Date>>) -> Result<Self> {
        let (start, end) = (start.into(), end.into());
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            return Err(Error::config(format!("the end date {end} is before the start date {start}")));
        }
        let last = end.map_or(self.last, |end| end.min(self.last));
        let first = start.unwrap_or_else(|| last.saturating_sub(self.last.duration_since(self.first)));
        Ok(Self { first, last, start_is_chosen: start.is_some(), ..self })
    }

    /// Returns the days after `since`, the day at which the last read ended, and the last `again` days up to `since` again.
    /// Returns `None` if no day is left. Without `since`, returns the whole range.
    ///
    /// The result may start before this range, but never before a start date set by the user.
    ///
    /// Pass 0 if a day has one record that never changes, and 1 if a day has several records, because the last read may have
    /// ended in the middle of it. If the API corrects past days, pass the number of days that it may correct.
    pub fn after(self, since: Option<Date>, again: impl Into<Option<u32>>) -> Option<Self> {
        let again = again.into().unwrap_or(0);
        let next = since.map(|day| day.saturating_add(days(1)).saturating_sub(days(again)));
        let first = match next {
            Some(next) if self.start_is_chosen => next.max(self.first),
            Some(next) => next,
            None => self.first,
        };
        (first <= self.last).then_some(Self { first, ..self })
    }

    /// Returns the first day.
    pub fn first(&self) -> Date {
        self.first
    }

    /// Returns the last day.
    pub fn last(&self) -> Date {
        self.last
    }

    /// Splits the range into steps of at most `size` days, for an API that limits the days per request.
    ///
    /// ```
    /// # use airbyte_sdk::DateRange;
    /// let steps = DateRange::up_to("2026-03-31".parse()?, 31).steps(14);
    /// let steps: Vec<_> = steps.map(|days| days.to_string()).collect();
    /// assert_eq!(steps, ["2026-03-01 to 2026-03-14", "2026-03-15 to 2026-03-28", "2026-03-29 to 2026-03-31"]);
    /// # Ok::<(), airbyte_sdk::Error>(())
    /// ```
    pub fn steps(self, size: u32) -> impl Iterator<Item = DateRange> {
        let (mut next, end, size) = (Some(self.first), self.last, days(size.max(1) - 1));
        std::iter::from_fn(move || {
            let first = next.filter(|first| *first <= end)?;
            let last = first.saturating_add(size).min(end);
            next = last.tomorrow().ok();
            Some(Self { first, last, start_is_chosen: false, has_response: false })
        })
    }

    /// Checks that a day of the response is in this range, and returns it.
    ///
    /// Logs a warning if the first day checked is more than ten days after the first day of the range: many APIs silently omit
    /// data that the user's plan does not include.
    ///
    /// # Errors
    ///
    /// Returns a transient error for a day outside this range.
    pub fn check(&mut self, day: Date) -> Result<Date> {
        if day < self.first || day > self.last {
            return Err(Error::transient(format!(
                "the API returned {day}, outside the requested range {self}"
            )));
        }
        if !self.has_response {
            self.has_response = true;
            if day.duration_since(self.first) > MAX_INITIAL_GAP {
                log::warn!(
                    "the first returned day is {day}, although data was requested from {}; your plan may not include older data",
                    self.first
                );
            }
        }
        Ok(day)
    }
}

impl fmt::Display for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.first, self.last)
    }
}

const fn days(count: u32) -> SignedDuration {
    SignedDuration::from_secs(count as i64 * 24 * 60 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn week() -> DateRange {
        DateRange::up_to(day("2026-11-19"), 7)
    }

    fn text(days: Option<DateRange>) -> String {
        days.map_or_else(|| "none".to_owned(), |days| days.to_string())
    }

    #[test]
    fn chosen_days_are_limited_to_the_available_ones() {
        let choose = |start: &str, end: &str| {
            let date = |text: &str| (!text.is_empty()).then(|| day(text));
            week().between(date(start), date(end)).map(|days| text(days.after(None, 0)))
        };
        for (start, end, days) in [
            ("", "", "2026-11-13 to 2026-11-19"),
            ("2026-11-18", "", "2026-11-18 to 2026-11-19"),
            ("", "2026-11-10", "2026-11-04 to 2026-11-10"),
            ("2020-01-01", "2020-01-01", "2020-01-01 to 2020-01-01"),
            ("2020-01-01", "2030-01-01", "2020-01-01 to 2026-11-19"),
            ("2026-11-20", "", "none"),
            ("2030-01-01", "2031-01-01", "none"),
            ("-009999-01-01", "", "-009999-01-01 to 2026-11-19"),
            ("", "-009999-01-01", "-009999-01-01 to -009999-01-01"),
        ] {
            assert_eq!(choose(start, end).unwrap(), days, "{start} {end}");
        }
        let error = choose("2026-11-18", "2026-11-17").unwrap_err();
        assert_eq!(error.message(), "the end date 2026-11-17 is before the start date 2026-11-18");
    }

    #[test]
    fn range_continues_after_the_last_day_read() {
        for (since, again, days) in [
            // Even if that is before the start of a first read.
            ("2026-03-02", 0, "2026-03-03 to 2026-11-19"),
            ("2026-11-16", 0, "2026-11-17 to 2026-11-19"),
            ("2026-11-16", 1, "2026-11-16 to 2026-11-19"),
            ("2026-11-16", 3, "2026-11-14 to 2026-11-19"),
            ("2026-11-16", 9, "2026-11-08 to 2026-11-19"),
            ("2026-11-16", u32::MAX, "-009999-01-01 to 2026-11-19"),
            ("2026-11-19", 0, "none"),
            ("2026-11-19", 2, "2026-11-18 to 2026-11-19"),
            ("2099-01-01", 5, "none"),
            ("9999-12-31", 0, "none"),
            ("9999-12-31", 1, "none"),
        ] {
            assert_eq!(text(week().after(Some(day(since)), again)), days, "{since} {again}");
        }
    }

    #[test]
    fn range_never_starts_before_a_chosen_start() {
        let chosen = || week().between(day("2026-11-10"), None).unwrap();
        for (since, again, days) in [
            ("2026-11-01", 0, "2026-11-10 to 2026-11-19"),
            ("2026-11-12", 9, "2026-11-10 to 2026-11-19"),
            ("2026-11-12", 2, "2026-11-11 to 2026-11-19"),
        ] {
            assert_eq!(text(chosen().after(Some(day(since)), again)), days, "{since} {again}");
        }
    }

    #[test]
    fn range_always_has_a_day() {
        for (last, count) in [(Date::MIN, 7), (Date::MAX, 0), (day("2026-11-19"), 0), (Date::MIN, u32::MAX)] {
            let days = DateRange::up_to(last, count);
            assert_eq!((days.first(), days.last()), (last, last));
        }
    }

    #[test]
    fn day_outside_the_range_is_an_error() {
        let mut days = week();
        days.check(day("2026-11-13")).unwrap();
        days.check(day("2026-11-19")).unwrap();
        for other in ["2026-11-12", "2026-11-20"] {
            let error = days.check(day(other)).unwrap_err();
            assert_eq!(
                error.message(),
                format!("the API returned {other}, outside the requested range 2026-11-13 to 2026-11-19")
            );
        }
    }

    #[test]
    fn today_is_not_a_complete_day() {
        let ended = DateRange::ended_at(Offset::UTC, 1);
        assert!(ended.last() < Offset::UTC.to_datetime(Timestamp::now()).date());
        assert_eq!(ended.first(), ended.last());
    }

    proptest! {
        #[test]
        fn steps_cover_the_range_without_gaps(count in 1..400_u32, size in 0..100_u32) {
            let days = DateRange::up_to(day("2026-11-19"), count);
            let steps: Vec<DateRange> = days.clone().steps(size).collect();
            prop_assert_eq!((steps[0].first(), steps[steps.len() - 1].last()), (days.first(), days.last()));
            for step in &steps {
                prop_assert!(step.first() <= step.last());
                prop_assert!(step.last().duration_since(step.first()) < super::days(size.max(1)));
            }
            for pair in steps.windows(2) {
                prop_assert_eq!(pair[0].last().tomorrow().unwrap(), pair[1].first());
            }
        }
    }
}
