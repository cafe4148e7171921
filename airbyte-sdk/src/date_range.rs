//! Which days to ask a service for.

use crate::error::{Error, Result};
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// The days that a read asks its service for, the first and the last included.
///
/// A source with a start date in its configuration has to put together what the user chose, where the last read ended and
/// what the service has so far. That is done here, and [`check`](Self::check) holds the answer against it.
///
/// ```
/// use airbyte_sdk::{Date, DateRange, Result, jiff::tz::Offset};
///
/// /// What is to be read: days that have ended in UTC, a month of them at first, unless the user chose others; then those
/// /// that are new, and the last one again, since an earlier read may have seen but a part of it.
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
    /// The user chose the first day: whatever was read, there is none before it.
    chosen: bool,
    /// Whether a day of the answer was seen.
    answered: bool,
}

/// Holidays and weekends are shorter.
const LATE: SignedDuration = days(10);

impl DateRange {
    /// So many days up to this one, at least that one.
    pub fn up_to(last: Date, count: u32) -> Self {
        let first = last.saturating_sub(days(count)).saturating_add(days(1)).min(last);
        Self { first, last, chosen: false, answered: false }
    }

    /// So many days up to yesterday, where clocks are this far from UTC: days that have ended there. Where they are put
    /// forward in summer, take the offset of winter.
    pub fn ended_at(offset: Offset, count: u32) -> Self {
        let today = offset.to_datetime(Timestamp::now()).date();
        Self::up_to(today.saturating_sub(days(1)), count)
    }

    /// The days the user chose, up to the last one there is. Without a start, as many days as before: that is where a first
    /// read begins, and later ones go on [after](Self::after) it, however long ago it was.
    ///
    /// # Errors
    ///
    /// A config error if the end is before the start.
    pub fn between(self, start: impl Into<Option<Date>>, end: impl Into<Option<Date>>) -> Result<Self> {
        let (start, end) = (start.into(), end.into());
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            return Err(Error::config(format!("the end date {end} is before the start date {start}")));
        }
        let last = end.map_or(self.last, |end| end.min(self.last));
        let first = start.unwrap_or_else(|| last.saturating_sub(self.last.duration_since(self.first)));
        Ok(Self { first, last, chosen: start.is_some(), ..self })
    }

    /// What is left after the day at which the last read ended, `since`, and so many days up to that one again; `None` if
    /// nothing is left. A start that the user chose is not gone behind.
    ///
    /// 0 is right where a day is one record and never changes. Where it has several, it takes 1: the last read may have
    /// ended in the middle of it. A service that corrects its days needs as many as it may correct.
    pub fn after(self, since: Option<Date>, again: impl Into<Option<u32>>) -> Option<Self> {
        let again = again.into().unwrap_or(0);
        let next = since.map(|day| day.saturating_add(days(1)).saturating_sub(days(again)));
        let first = match next {
            Some(next) if self.chosen => next.max(self.first),
            Some(next) => next,
            None => self.first,
        };
        (first <= self.last).then_some(Self { first, ..self })
    }

    /// The first day.
    pub fn first(&self) -> Date {
        self.first
    }

    /// The last day.
    pub fn last(&self) -> Date {
        self.last
    }

    /// The same days in steps of so many, for a service that answers no more at once.
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
            Some(Self { first, last, chosen: false, answered: false })
        })
    }

    /// Holds a day of the answer against what was asked for, and hands it back. If the first one comes more than ten days after the first
    /// that was asked for, the log has a warning: many services leave out, without a word, what a plan does not reach.
    ///
    /// # Errors
    ///
    /// A transient one for a day that nobody asked for.
    pub fn check(&mut self, day: Date) -> Result<Date> {
        if day < self.first || day > self.last {
            return Err(Error::transient(format!("asked for {self}, the service answers with {day}")));
        }
        if !self.answered {
            self.answered = true;
            if day.duration_since(self.first) > LATE {
                log::warn!(
                    "the answer begins on {day}, though it was asked for from {} on: does your plan reach back so far?",
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
    fn what_the_user_chose_is_read_as_far_as_there_is_something() {
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
    fn a_read_goes_on_after_the_last_day_it_has() {
        for (since, again, days) in [
            // However long ago, and wherever a first read would begin.
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
    fn nothing_is_read_before_a_start_that_was_chosen() {
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
    fn there_is_always_a_day() {
        for (last, count) in [(Date::MIN, 7), (Date::MAX, 0), (day("2026-11-19"), 0), (Date::MIN, u32::MAX)] {
            let days = DateRange::up_to(last, count);
            assert_eq!((days.first(), days.last()), (last, last));
        }
    }

    #[test]
    fn a_day_that_nobody_asked_for_is_an_error() {
        let mut days = week();
        days.check(day("2026-11-13")).unwrap();
        days.check(day("2026-11-19")).unwrap();
        for other in ["2026-11-12", "2026-11-20"] {
            let error = days.check(day(other)).unwrap_err();
            assert_eq!(
                error.message(),
                format!("asked for 2026-11-13 to 2026-11-19, the service answers with {other}")
            );
        }
    }

    #[test]
    fn the_day_of_today_has_not_ended() {
        let ended = DateRange::ended_at(Offset::UTC, 1);
        assert!(ended.last() < Offset::UTC.to_datetime(Timestamp::now()).date());
        assert_eq!(ended.first(), ended.last());
    }

    proptest! {
        #[test]
        fn steps_are_the_same_days_cut(count in 1..400_u32, size in 0..100_u32) {
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
