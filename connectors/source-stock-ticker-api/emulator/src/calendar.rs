//! The calendar of the exchange: trading days, and midnight in New York.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;

const EPOCH: Date = date(1970, 1, 1);
const HOUR_MS: i64 = 3_600_000;

/// Returns whether the US stock market is open on `date`: Monday to Friday, except the market's holidays.
///
/// Holidays follow their rules (Martin Luther King Jr. Day from 1998, Juneteenth from 2022). Unscheduled closures, such
/// as after a storm, count as trading days.
pub fn is_trading_day(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_holiday(date)
}

/// Returns whether the market observes a holiday on this working day. A holiday on a Saturday is observed on Friday, one on a
/// Sunday on Monday, except that New Year's Day is never observed in the old year.
fn is_holiday(date: Date) -> bool {
    let (year, day, weekday) = (date.year(), date.day(), date.weekday());
    let week = (day + 6) / 7;
    let monday = weekday == Weekday::Monday;
    let observes =
        |on: i8| day == on || (monday && day == on + 1) || (weekday == Weekday::Friday && day + 1 == on);
    match date.month() {
        1 => day == 1 || (monday && day == 2) || (year >= 1998 && monday && week == 3),
        2 => monday && week == 3,
        3 | 4 => weekday == Weekday::Friday && days_from_february(date) + 2 == easter(year),
        5 => monday && day > 24,
        6 => year >= 2022 && observes(19),
        7 => observes(4),
        9 => monday && week == 1,
        11 => weekday == Weekday::Thursday && week == 4,
        12 => observes(25),
        _ => false,
    }
}

/// Returns a day of March or April, counted from the end of February: 1 April is 32.
fn days_from_february(date: Date) -> i32 {
    i32::from(date.day()) + if date.month() == 4 { 31 } else { 0 }
}

/// Easter Sunday in the Gregorian calendar, counted from the end of February.
fn easter(year: i16) -> i32 {
    let year = i32::from(year);
    let (golden, century, rest) = (year % 19, year / 100, year % 100);
    let lunar_shift = (century - (century + 8) / 25 + 1) / 3;
    let moon = (19 * golden + century - century / 4 - lunar_shift + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4) % 7;
    let correction = (golden + 11 * moon + 22 * weekday) / 451;
    moon + weekday - 7 * correction + 22
}

/// Returns the number of days since 1 January 1970.
pub(crate) fn epoch_day(date: Date) -> i64 {
    date.duration_since(EPOCH).as_secs() / 86_400
}

/// Returns the instant of 00:00 in New York on `date`, in milliseconds since the epoch.
pub(crate) fn new_york_midnight(date: Date) -> i64 {
    let behind = if is_dst_at_midnight(date) { 4 } else { 5 };
    (epoch_day(date) * 24 + behind) * HOUR_MS
}

/// Returns the date in New York at a timestamp in milliseconds; `None` if it is out of range.
pub(crate) fn new_york_date(ms: i64) -> Option<Date> {
    let utc = Timestamp::from_millisecond(ms).ok()?.to_zoned(TimeZone::UTC).date();
    // New York is always behind UTC, so its date is the same or the previous one.
    if new_york_midnight(utc) <= ms { Some(utc) } else { utc.yesterday().ok() }
}

/// Returns whether daylight saving time is in effect in New York at 00:00 on `date`. Clocks change at 02:00, so on the Sunday
/// of a change the result is that of the day before.
///
/// From 2007: second Sunday of March to first Sunday of November. Before: first Sunday of April to last Sunday of
/// October, the rule of 1987 to 2006, used here for all earlier years.
fn is_dst_at_midnight(date: Date) -> bool {
    // The last Sunday before this day, as a day of this month; zero or less when it lies in the month before.
    let sunday = date.day() - date.weekday().to_monday_one_offset();
    match (date.year() >= 2007, date.month()) {
        (true, 3) => sunday >= 8,
        (true, 11) => sunday < 1,
        (true, month) => (4..=10).contains(&month),
        (false, 4) => sunday >= 1,
        (false, 10) => sunday < 25,
        (false, month) => (5..=9).contains(&month),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnights_of_known_days() {
        for (day, ms) in [
            (date(2005, 4, 1), 1_112_331_600_000),
            (date(2005, 4, 4), 1_112_587_200_000),
            (date(2020, 1, 2), 1_577_941_200_000),
            (date(2026, 3, 6), 1_772_773_200_000),
            (date(2026, 3, 9), 1_773_028_800_000),
            (date(2026, 10, 30), 1_793_332_800_000),
            (date(2026, 11, 2), 1_793_595_600_000),
        ] {
            assert_eq!(new_york_midnight(day), ms, "{day}");
        }
    }

    #[test]
    fn days_have_24_hours_except_when_clocks_change() {
        for (sunday, hours) in [
            (date(2026, 3, 8), 23),
            (date(2026, 11, 1), 25),
            (date(2006, 4, 2), 23),
            (date(2006, 10, 29), 25),
            (date(2024, 3, 10), 23),
            (date(2024, 11, 3), 25),
        ] {
            let next = sunday.tomorrow().unwrap();
            assert_eq!(new_york_midnight(next) - new_york_midnight(sunday), hours * HOUR_MS, "{sunday}");
            let before = sunday.yesterday().unwrap();
            assert_eq!(new_york_midnight(sunday) - new_york_midnight(before), 24 * HOUR_MS, "{sunday}");
        }
    }

    #[test]
    fn date_is_the_same_from_midnight_to_the_last_millisecond() {
        let mut day = date(1990, 1, 1);
        while day < date(2040, 1, 1) {
            let next = day.tomorrow().unwrap();
            assert_eq!(new_york_date(new_york_midnight(day)), Some(day));
            assert_eq!(new_york_date(new_york_midnight(next) - 1), Some(day));
            day = next;
        }
        assert_eq!(new_york_date(i64::MAX), None);
        assert_eq!(new_york_date(i64::MIN), None);
    }

    #[test]
    fn holidays_of_known_years() {
        let closed = [
            // 2021: Independence Day and Christmas move, no Juneteenth yet.
            (2021, 1, 1),
            (2021, 1, 18),
            (2021, 2, 15),
            (2021, 4, 2),
            (2021, 5, 31),
            (2021, 7, 5),
            (2021, 9, 6),
            (2021, 11, 25),
            (2021, 12, 24),
            // 2022: New Year's Day was a Saturday and was not observed.
            (2022, 1, 17),
            (2022, 2, 21),
            (2022, 4, 15),
            (2022, 5, 30),
            (2022, 6, 20),
            (2022, 7, 4),
            (2022, 9, 5),
            (2022, 11, 24),
            (2022, 12, 26),
            (2023, 1, 2),
            (2023, 1, 16),
            (2023, 2, 20),
            (2023, 4, 7),
            (2023, 5, 29),
            (2023, 6, 19),
            (2023, 7, 4),
            (2023, 9, 4),
            (2023, 11, 23),
            (2023, 12, 25),
            (2026, 1, 1),
            (2026, 1, 19),
            (2026, 2, 16),
            (2026, 4, 3),
            (2026, 5, 25),
            (2026, 6, 19),
            (2026, 7, 3),
            (2026, 9, 7),
            (2026, 11, 26),
            (2026, 12, 25),
        ]
        .map(|(year, month, day)| date(year, month, day));
        for year in [2021, 2022, 2023, 2026] {
            let mut day = date(year, 1, 1);
            while day.year() == year {
                let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
                assert_eq!(is_trading_day(day), !weekend && !closed.contains(&day), "{day}");
                day = day.tomorrow().unwrap();
            }
        }
    }

    #[test]
    fn good_fridays_of_known_years() {
        for day in [date(1990, 4, 13), date(2000, 4, 21), date(2008, 3, 21), date(2024, 3, 29)] {
            assert!(!is_trading_day(day), "{day}");
        }
    }
}
