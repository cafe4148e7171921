use super::*;
use jiff::civil::DateTime;
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;
use proptest::sample::select;

fn timestamp(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// POSIX rules, so that the result does not depend on the machine's database of time zones.
fn zone(rule: &str) -> TimeZone {
    TimeZone::posix(rule).unwrap()
}

const NEW_YORK: &str = "EST5EDT,M3.2.0,M11.1.0";
/// Daylight saving time is half an hour.
const LORD_HOWE: &str = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0";
const ZONES: [&str; 4] = ["UTC0", NEW_YORK, LORD_HOWE, "<+14>-14"];

fn now() -> Timestamp {
    timestamp("2026-03-09T12:30:15.75Z")
}

fn list<C: Bound + fmt::Display>(windows: Windows<C>, step: Span) -> Vec<String> {
    windows.steps(step).unwrap().map(|window| window.to_string()).collect()
}

fn error<C: Bound>(windows: Windows<C>, step: Span) -> String {
    windows.steps(step).err().unwrap().message().to_owned()
}

/// Asserts that the windows cover the range from `first` to `end`, and that none is longer than the step.
fn assert_tiles<C: Bound + fmt::Debug>(
    windows: &[Window<C>],
    first: C,
    end: C,
    after_a_step: impl Fn(C) -> Option<C>,
) {
    if windows.is_empty() {
        assert!(first >= end, "no windows from {first:?} to {end:?}");
        return;
    }
    assert_eq!((windows[0].start(), windows[windows.len() - 1].end()), (first, end));
    for window in windows {
        assert!(window.start() < window.end() && window.contains(&window.start()), "{window:?}");
        assert!(window.contains(&window.last()) && !window.contains(&window.end()), "{window:?}");
        let longest = after_a_step(window.start());
        assert!(longest.is_none_or(|longest| window.end() <= longest), "{window:?} to {longest:?}");
    }
    for pair in windows.windows(2) {
        assert_eq!(pair[0].end(), pair[1].start());
    }
}

fn calendar_step() -> impl Strategy<Value = Span> {
    (0..3_i64, 0..40_i64).prop_filter_map("zero", |(months, days)| {
        (months + days > 0).then(|| Span::new().months(months).days(days))
    })
}

fn any_step() -> impl Strategy<Value = Span> {
    let clock = (1..100_i64, 0..60_i64, 0..60_i64)
        .prop_map(|(hours, minutes, seconds)| Span::new().hours(hours).minutes(minutes).seconds(seconds));
    prop_oneof![clock, calendar_step(), calendar_step().prop_map(|step| step.hours(5))]
}

/// A time with nanoseconds, and one up to a year later, or a little earlier.
fn range() -> impl Strategy<Value = (Timestamp, Timestamp)> {
    (-100_000_000..2_000_000_000_i64, 0..1_000_000_000_i32, -100_000..31_000_000_i64).prop_map(
        |(start, nanosecond, length)| {
            let start = Timestamp::new(start, nanosecond).unwrap();
            (start, start + SignedDuration::new(length, 17))
        },
    )
}

fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_nanosecond().div_euclid(1_000_000_000) as i64).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn windows_of_timestamps_tile_the_range((start, now) in range(), step in any_step(), rule in select(&ZONES[..])) {
        let zone = zone(rule);
        let windows = Windows::new(Some(start), Date::MIN, now).time_zone(zone.clone());
        let windows: Vec<Window<Timestamp>> = windows.steps(step).unwrap().collect();
        let longest = |from: Timestamp| Some(from.to_zoned(zone.clone()).checked_add(step).unwrap().timestamp());
        assert_tiles(&windows, whole_second(start), whole_second(now), longest);
        // With inclusive ends of a precision of seconds, the next window starts one second later.
        for pair in windows.windows(2) {
            prop_assert_eq!(whole_second(pair[0].last()) + 1.second(), pair[1].start());
        }
    }

    #[test]
    fn windows_of_an_epoch_tile_the_range((start, now) in range(), step in any_step(), rule in select(&ZONES[..])) {
        let zone = zone(rule);
        for (unit, size) in [(EpochUnit::Second, 1_000_000_000), (EpochUnit::Millisecond, 1_000_000)] {
            let count = |time: Timestamp| time.as_nanosecond().div_euclid(size) as i64;
            let windows = Windows::epoch(unit, None, start, now).time_zone(zone.clone());
            let windows: Vec<Window<i64>> = windows.steps(step).unwrap().collect();
            let time = |at: i64| Timestamp::from_nanosecond(i128::from(at) * size).unwrap();
            let longest = |at| Some(count(time(at).to_zoned(zone.clone()).checked_add(step).unwrap().timestamp()));
            assert_tiles(&windows, count(start), count(now), longest);
            for window in windows {
                prop_assert_eq!(window.last() + 1, window.end());
            }
        }
    }

    #[test]
    fn windows_of_dates_tile_the_range((start, now) in range(), step in calendar_step(), rule in select(&ZONES[..])) {
        let zone = zone(rule);
        let first = zone.to_datetime(start).date();
        let windows = Windows::new(Some(first), Date::MIN, now).time_zone(zone.clone());
        let windows: Vec<Window<Date>> = windows.steps(step).unwrap().collect();
        let end = zone.to_datetime(now).date().tomorrow().unwrap();
        assert_tiles(&windows, first, end, |from| from.checked_add(step).ok());
        for window in windows {
            prop_assert_eq!(window.last().tomorrow().unwrap(), window.end());
        }
    }

    #[test]
    fn windows_of_local_times_tile_the_range((start, now) in range(), step in any_step(), rule in select(&ZONES[..])) {
        let zone = zone(rule);
        let local = |time| zone.to_datetime(whole_second(time));
        let windows = Windows::new(None, start, now).time_zone(zone.clone());
        let windows: Vec<Window<DateTime>> = windows.steps(step).unwrap().collect();
        assert_tiles(&windows, local(start), local(now), |from| from.checked_add(step).ok());
    }
}

#[test]
fn month_after_31_january_ends_on_the_last_day_of_february() {
    let windows = Windows::<Date>::new(None, date("2026-01-31"), timestamp("2026-04-01T00:00:00Z"));
    let months = ["2026-01-31..2026-02-28", "2026-02-28..2026-03-28", "2026-03-28..2026-04-02"];
    assert_eq!(list(windows.clone(), 1.month()), months);
    let months = [
        "2026-01-01..2026-02-01",
        "2026-02-01..2026-03-01",
        "2026-03-01..2026-04-01",
        "2026-04-01..2026-04-02",
    ];
    assert_eq!(list(windows.align(Unit::Month), 1.month()), months);
}

#[test]
fn day_has_23_or_25_hours_when_daylight_saving_time_changes() {
    for (start, hours) in [("2026-03-08", [23, 24]), ("2026-11-01", [25, 24]), ("2026-06-01", [24, 24])] {
        let until = date(start).checked_add(2.days()).unwrap();
        let days = Windows::<Timestamp>::new(None, date(start), now()).until(until).time_zone(zone(NEW_YORK));
        let days: Vec<i64> = days
            .steps(1.day())
            .unwrap()
            .map(|day| day.start().duration_until(day.end()).as_hours())
            .collect();
        assert_eq!(days, hours, "{start}");
    }
}

#[test]
fn range_starts_at_since_minus_the_lookback_but_not_before_the_start() {
    for (since, lookback, first) in [
        (None, 2.days(), "2026-02-01T05:00:00Z"),
        (Some("2026-03-09T10:00:00.9Z"), Span::new(), "2026-03-09T10:00:00Z"),
        // 10:00 is 6:00 in New York, and the day before, 6:00 was at 10:00 as well; one day earlier at 11:00.
        (Some("2026-03-09T10:00:00Z"), 2.days(), "2026-03-07T11:00:00Z"),
        (Some("2026-03-09T10:00:00Z"), 90.minutes(), "2026-03-09T08:30:00Z"),
        (Some("2026-02-02T00:00:00Z"), 2.days(), "2026-02-01T05:00:00Z"),
        (Some("2026-02-02T00:00:00Z"), 19_000.years(), "2026-02-01T05:00:00Z"),
        (Some("2026-01-02T00:00:00Z"), Span::new(), "2026-02-01T05:00:00Z"),
    ] {
        let windows = Windows::new(since.map(timestamp), date("2026-02-01"), now());
        let windows = windows.time_zone(zone(NEW_YORK)).lookback(lookback);
        let mut windows = windows.steps(1.hour()).unwrap();
        assert_eq!(windows.next().unwrap().start(), timestamp(first), "{since:?} {lookback}");
    }
}

#[test]
fn start_and_end_may_have_another_type_than_the_cursor() {
    let local = date("2026-03-08").at(12, 0, 0, 0);
    let points = |new_york: bool| -> Vec<Point> {
        let zone = if new_york { zone(NEW_YORK) } else { TimeZone::UTC };
        vec![date("2026-03-08").into(), local.into(), now().into(), now().to_zoned(zone).into()]
    };
    let day = |start| list(Windows::<Date>::new(None, start, now()), 1.week());
    assert!(points(false)[..2].iter().all(|start| day(start.clone()) == ["2026-03-08..2026-03-10"]));
    assert!(points(true)[2..].iter().all(|start| day(start.clone()) == ["2026-03-09..2026-03-10"]));
    let starts =
        |windows: fn(Point) -> Vec<String>| points(true).into_iter().flat_map(windows).collect::<Vec<_>>();
    let timestamps = starts(|start| {
        list(Windows::<Timestamp>::new(None, start, now()).time_zone(zone(NEW_YORK)), 1.week())
    });
    let end = "2026-03-09T12:30:15Z";
    assert_eq!(
        timestamps,
        [format!("2026-03-08T05:00:00Z..{end}"), format!("2026-03-08T16:00:00Z..{end}")],
        "none for now"
    );
    let locals = starts(|start| {
        list(Windows::<DateTime>::new(None, start, now()).time_zone(zone(NEW_YORK)), 1.week())
    });
    assert_eq!(
        locals,
        ["2026-03-08T00:00:00..2026-03-09T08:30:15", "2026-03-08T12:00:00..2026-03-09T08:30:15"]
    );
    let seconds =
        starts(|start| list(Windows::<u32>::epoch(EpochUnit::Second, None, start, now()), 1.week()));
    assert_eq!(seconds, ["1772928000..1773059415", "1772971200..1773059415"]);
}

#[test]
fn today_is_that_of_the_time_zone() {
    let night = timestamp("2026-03-09T03:30:00Z");
    for (rule, last) in [("UTC0", "2026-03-09"), (NEW_YORK, "2026-03-08"), ("<+14>-14", "2026-03-09")] {
        let windows = Windows::<Date>::new(None, date("2026-03-01"), night).time_zone(zone(rule));
        let windows: Vec<_> = windows.steps(1.year()).unwrap().collect();
        assert_eq!((windows.len(), windows[0].last()), (1, date(last)), "{rule}");
    }
}

#[test]
fn range_ends_with_the_last_day_or_before_the_end() {
    let windows = || Windows::<Timestamp>::new(None, date("2026-03-08"), now());
    let end = |windows: Windows<Timestamp>| {
        windows.steps(1.week()).unwrap().last().map(|window| window.end().to_string())
    };
    assert_eq!(end(windows().through(None)).unwrap(), "2026-03-09T12:30:15Z");
    assert_eq!(end(windows().through(date("2026-03-08"))).unwrap(), "2026-03-09T00:00:00Z");
    assert_eq!(
        end(windows().through(date("2026-03-08")).time_zone(zone(NEW_YORK))).unwrap(),
        "2026-03-09T04:00:00Z"
    );
    for future in ["2026-03-09", "2027-01-01", "9999-12-31"] {
        assert_eq!(end(windows().through(date(future))).unwrap(), "2026-03-09T12:30:15Z", "{future}");
    }
    assert_eq!(end(windows().through(date("2026-03-07"))), None);
    assert_eq!(end(windows().until(date("2026-03-09"))).unwrap(), "2026-03-09T00:00:00Z");
    assert_eq!(end(windows().until(timestamp("2026-05-01T00:00:00Z"))).unwrap(), "2026-05-01T00:00:00Z");
    let days = |windows: Windows<Date>| list(windows, 1.year()).join(", ");
    let windows = || Windows::<Date>::new(None, date("2026-03-07"), now());
    assert_eq!(days(windows().through(date("2026-03-08"))), "2026-03-07..2026-03-09");
    assert_eq!(days(windows().until(date("2026-03-08"))), "2026-03-07..2026-03-08");
    assert_eq!(days(windows().until(date("2026-04-08"))), "2026-03-07..2026-04-08");
}

#[test]
fn future_since_or_start_has_no_windows() {
    for future in ["2026-03-09T12:30:15Z", "2026-03-09T12:31:00Z", "9999-12-30T22:00:00Z"] {
        assert!(
            list(Windows::new(Some(timestamp(future)), Date::MIN, now()), 1.day()).is_empty(),
            "{future}"
        );
        assert!(
            list(Windows::<Timestamp>::new(None, timestamp(future), now()), 1.day()).is_empty(),
            "{future}"
        );
    }
    assert!(list(Windows::new(Some(date("2026-03-10")), Date::MIN, now()), 1.day()).is_empty());
    assert!(list(Windows::new(Some(Date::MAX), Date::MIN, now()), 1.day()).is_empty());
    assert!(list(Windows::epoch(EpochUnit::Second, Some(u64::MAX), Date::MIN, now()), 1.day()).is_empty());
}

#[test]
fn windows_are_computed_one_at_a_time() {
    let start = Date::constant(1, 1, 1);
    let mut seconds = Windows::<Timestamp>::new(None, start, now()).steps(1.second()).unwrap();
    assert_eq!(seconds.nth(2).unwrap().to_string(), "0001-01-01T00:00:02Z..0001-01-01T00:00:03Z");
    // There are no negative values, so nothing before 1970 is passed through one by one.
    let mut seconds = Windows::<u64>::epoch(EpochUnit::Second, None, start, now()).steps(1.second()).unwrap();
    assert_eq!(seconds.next().unwrap().to_string(), "0..1");
    // The end of time.
    let windows = Windows::<Timestamp>::new(None, Date::MIN, Timestamp::MAX);
    assert_eq!(windows.steps(19_000.years()).unwrap().count(), 2);
    let windows = Windows::<Date>::new(None, Date::MIN, Timestamp::MAX).until(Date::MAX);
    assert_eq!(windows.steps(19_000.years()).unwrap().count(), 2);
}

#[test]
fn newest_window_is_as_long_as_a_step() {
    let windows = |start: &str| Windows::<Date>::new(None, date(start), now()).newest_only(true);
    assert_eq!(list(windows("1990-01-01"), 30.days()), ["2026-02-08..2026-03-10"]);
    assert_eq!(list(windows("2026-03-08"), 30.days()), ["2026-03-08..2026-03-10"]);
    assert!(list(windows("2026-03-11"), 30.days()).is_empty());
}

#[test]
fn start_is_aligned_in_the_time_zone() {
    let at = timestamp("2026-03-06T03:30:15Z");
    for (unit, start) in [
        (Unit::Year, "2026-01-01T05:00:00Z"),
        (Unit::Month, "2026-03-01T05:00:00Z"),
        (Unit::Week, "2026-03-02T05:00:00Z"),
        (Unit::Day, "2026-03-05T05:00:00Z"),
        (Unit::Hour, "2026-03-06T03:00:00Z"),
    ] {
        let windows = Windows::new(Some(at), Date::MIN, now()).time_zone(zone(NEW_YORK)).align(unit);
        assert_eq!(windows.steps(1.hour()).unwrap().next().unwrap().start(), timestamp(start), "{unit:?}");
    }
    let second_half_past_one = timestamp("2026-11-01T06:30:00Z");
    let windows =
        Windows::new(Some(second_half_past_one), Date::MIN, Timestamp::MAX).time_zone(zone(NEW_YORK));
    let first = windows.align(Unit::Hour).steps(1.hour()).unwrap().next().unwrap();
    assert_eq!(first.start(), timestamp("2026-11-01T05:00:00Z"), "the first one o'clock");
}

#[test]
fn invalid_step_is_an_error() {
    let times = || Windows::<Timestamp>::new(None, date("2026-03-08"), now());
    let dates = || Windows::<Date>::new(None, date("2026-03-08"), now());
    let millis = || Windows::<i64>::epoch(EpochUnit::Millisecond, None, date("2026-03-08"), now());
    assert_eq!(error(times(), Span::new()), "the step of windows must be positive; it is 0s");
    assert_eq!(error(dates(), -1.day()), "the step of windows must be positive; it is -1d");
    assert_eq!(
        error(times().lookback(-1.hour()), 1.day()),
        "the lookback of windows must not be negative; it is -1h"
    );
    assert_eq!(
        error(times(), 1_500.milliseconds()),
        "a step of 1500ms does not fit windows whose cursor is a time; it must be whole seconds"
    );
    assert_eq!(
        error(dates(), 24.hours()),
        "a step of 24h does not fit windows whose cursor is a date; it must be whole days"
    );
    assert!(error(millis(), 1.microsecond()).ends_with("it must be whole units"));
    assert_eq!(millis().steps(1_500.milliseconds()).unwrap().next().unwrap().end(), 1_772_928_001_500);
    assert_eq!(
        error(times().align(Unit::Minute), 1.day()),
        "windows cannot be aligned to a Minute; use a year, month, week, day or hour"
    );
}
