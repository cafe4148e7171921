//! Which days are requested, and how the API's days are checked.

use crate::common::*;
use airbyte_sdk::testing::Run;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use stock_api_emulator::{Answer, Emulator};

/// Reads with additional settings.
fn read_with(emulator: &Emulator, settings: Value, state: Option<&Value>) -> Run {
    let config = with(emulator, settings);
    connector().read(&config, &catalog("incremental"), state)
}

fn with(emulator: &Emulator, settings: Value) -> Value {
    let mut config = config(&emulator.url());
    config.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    config
}

fn requested(emulator: &Emulator) -> (Date, Date) {
    range(&only_request(emulator))
}

#[test]
fn nothing_is_read_after_the_end_date() {
    for (settings, first) in [
        (json!({"start_date": "2026-03-02", "end_date": "2026-03-13"}), date(2026, 3, 2)),
        (json!({"end_date": "2026-03-13"}), date(2026, 3, 7)),
    ] {
        let emulator = emulator();
        let run = read_with(&emulator, settings, None);
        assert_complete(&run);
        assert_eq!(requested(&emulator), (first, date(2026, 3, 13)));
        assert_eq!(run.records("stock_prices").last().unwrap()["date"], "2026-03-13");
    }
    // The state already covers all days.
    let emulator = emulator();
    let run = read_with(&emulator, json!({"end_date": "2026-03-13"}), Some(&state("2026-03-13")));
    assert_complete(&run);
    assert!(emulator.requests().is_empty());
    assert_eq!(*day(&run.final_state()[0]), "2026-03-13");
}

/// Without a start date, a first read starts a week ago, but a later one starts where the last one ended, even if that is
/// longer ago.
#[test]
fn no_day_is_skipped_after_a_pause() {
    let emulator = emulator();
    let run = read_with(&emulator, json!({"end_date": "2026-03-31"}), Some(&state("2026-03-02")));
    assert_complete(&run);
    assert_eq!(requested(&emulator), (date(2026, 3, 3), date(2026, 3, 31)));
}

#[test]
fn end_date_before_start_date_is_a_config_error() {
    let emulator = emulator();
    let settings = json!({"start_date": "2026-03-13", "end_date": "2026-03-02"});
    let run = read_with(&emulator, settings.clone(), None);
    let message = "The end date 2026-03-02 is before the start date 2026-03-13";
    assert_eq!(assert_error(&run, "config_error"), message);
    let run = connector().check(&with(&emulator, settings));
    assert_eq!(run.all("CONNECTION_STATUS"), [json!({"status": "FAILED", "message": message})]);
    assert!(emulator.requests().is_empty());
}

/// Days that are read again do not move the position back, and days before the start date are not read.
#[test]
fn lookback_days_are_read_again() {
    for (lookback, first, prices) in [(0, 11, 3), (3, 8, 5), (500, 2, 10)] {
        let emulator = emulator();
        let settings =
            json!({"start_date": "2026-03-02", "end_date": "2026-03-13", "lookback_days": lookback});
        let run = read_with(&emulator, settings, Some(&state("2026-03-10")));
        assert_complete(&run);
        assert_eq!(requested(&emulator), (date(2026, 3, first), date(2026, 3, 13)));
        assert_eq!(run.records("stock_prices").len(), prices);
        for state in run.states() {
            assert!(day(&state).as_str() >= Some("2026-03-10"), "{run}");
        }
        assert_eq!(*day(&run.final_state()[0]), "2026-03-13");
    }
}

/// A trading pause longer than the lookback.
#[test]
fn lookback_without_new_records_keeps_the_position() {
    let emulator = emulator();
    let settings = json!({"start_date": "2026-03-02", "end_date": "2026-03-15", "lookback_days": 4});
    let run = read_with(&emulator, settings, Some(&state("2026-03-14")));
    assert_complete(&run);
    assert_eq!(run.records("stock_prices").len(), 3);
    assert_eq!(*day(&run.final_state()[0]), "2026-03-14");
}

/// A free plan returns only the last two years, and silently omits earlier ones.
#[test]
fn response_that_starts_late_causes_a_warning() {
    let warned = |start: &str, first: i64| {
        let page = json!({"ticker": "TSLA", "adjusted": true, "status": "OK", "resultsCount": 2,
            "results": [{"t": first, "c": 1.5}, {"t": first + 20 * 86_400_000, "c": 1.6}]});
        let emulator = scripted(move |_, _| Some(Answer::json(200, &page)));
        let run = read_with(&emulator, json!({"start_date": start}), None);
        assert_complete(&run);
        assert_eq!(run.records("stock_prices").len(), 2);
        let warnings = run.all("LOG").into_iter().filter(|log| log["level"] == "WARN");
        warnings.map(|log| log["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // 2026-03-06
    let first = 1_772_773_200_000;
    assert!(warned("2026-02-24", first).is_empty());
    let warnings = warned("2024-01-01", first);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("begins on 2026-03-06"), "{warnings:?}");
    assert!(warnings[0].contains("from 2024-01-01 on"), "{warnings:?}");
}

#[test]
fn day_outside_the_requested_range_is_an_error() {
    // 2026-03-05, 2026-03-06 and 2026-03-09
    let days = [1_772_686_800_000_i64, 1_772_773_200_000, 1_773_028_800_000];
    for (bars, records) in [(&days[..2], 0), (&days[1..], 1)] {
        let bars: Vec<_> = bars.iter().map(|t| json!({"t": t, "c": 1.5})).collect();
        let page = json!({"ticker": "TSLA", "adjusted": true, "status": "OK", "results": bars});
        let emulator = scripted(move |_, _| Some(Answer::json(200, &page)));
        let run = read_with(&emulator, json!({"start_date": "2026-03-06", "end_date": "2026-03-08"}), None);
        let message = assert_incomplete(&run, "transient_error");
        assert!(message.starts_with("Asked for 2026-03-06 to 2026-03-08, "), "{message}");
        assert_eq!(run.records("stock_prices").len(), records);
    }
}

/// At least two weeks: weekends have no prices, and a start date may be in the future.
#[test]
fn check_requests_the_configured_days_once() {
    for (settings, first, last) in [
        (json!({"end_date": "2026-03-13"}), date(2026, 2, 28), date(2026, 3, 13)),
        (json!({"start_date": "2020-01-02"}), date(2020, 1, 2), LAST_DAY),
        (json!({"start_date": "2026-03-28", "end_date": "2026-03-29"}), date(2026, 3, 16), date(2026, 3, 29)),
        (json!({"start_date": "9999-12-31", "end_date": null}), Date::MIN, Date::MAX),
    ] {
        let emulator = emulator_with(|settings| settings.clock = "9999-12-30T12:00:00Z".parse().ok());
        let run = connector().check(&with(&emulator, settings));
        assert_eq!(run.all("CONNECTION_STATUS"), [json!({"status": "SUCCEEDED"})]);
        let requested = requested(&emulator);
        // Without an end date, the last day depends on the machine's date.
        let is_open = last == Date::MAX && requested.0.saturating_add(13.days()) == requested.1;
        assert!(is_open || requested == (first, last), "{requested:?}");
    }
}

#[test]
fn check_accepts_a_delisted_ticker_with_prices_in_the_range() {
    let dates =
        |start: &str, end: &str| json!({"start_date": start, "end_date": end, "stock_ticker": "TWTR"});
    for (settings, succeeds) in [
        (dates("2020-01-02", "2021-01-04"), true),
        (dates("2020-01-02", "2026-03-31"), true),
        (dates("2022-10-27", "2022-12-31"), true),
        (dates("2022-10-28", "2026-03-31"), false),
        (json!({"stock_ticker": "TWTR"}), false),
    ] {
        let emulator = emulator();
        let config = with(&emulator, settings);
        let status = connector().check(&config).all("CONNECTION_STATUS").remove(0);
        assert_eq!(status["status"] == "SUCCEEDED", succeeds, "{config}: {status}");
        assert_eq!(emulator.requests().len(), 1);
        let read = connector().read(&config, &catalog("full_refresh"), None);
        assert_complete(&read);
        assert_eq!(!read.records("stock_prices").is_empty(), succeeds, "{config}");
        if !succeeds {
            let message = status["message"].as_str().unwrap();
            assert!(
                message.starts_with("No price of TWTR from 20") && message.contains("dates"),
                "{message}"
            );
        }
    }
}

/// A new ticker is read from the start date. So is the first one when it is configured again, since its position was removed.
#[test]
fn state_of_another_ticker_is_not_used() {
    let emulator = emulator();
    let days = json!({"start_date": "2026-03-02", "end_date": "2026-03-13"});
    let read = |ticker: &str, state: &Value| {
        let mut config = with(&emulator, days.clone());
        config["stock_ticker"] = ticker.into();
        let run = connector().read(&config, &catalog("incremental"), Some(state));
        assert_complete(&run);
        assert_eq!(
            run.final_state()[0]["stream"]["stream_state"],
            json!({"partitions": {ticker: {"date": "2026-03-13"}}})
        );
        (run.records("stock_prices").len(), run.final_state())
    };
    let (prices, state) = read("TSLA", &json!([]));
    assert_eq!(prices, 10);
    assert_eq!(read("TSLA", &state).0, 0);
    let (prices, state) = read("AAPL", &state);
    assert_eq!(prices, 10);
    assert_eq!(read("TSLA", &state).0, 10);
}

/// The tutorial's connector and earlier versions of this one write such states: they apply to the configured ticker.
#[test]
fn state_without_a_ticker_is_accepted() {
    let emulator = emulator();
    let settings = json!({"start_date": "2026-03-02", "end_date": "2026-03-13"});
    let mut plain = state("");
    plain[0]["stream"]["stream_state"] = json!({"date": "2026-03-10"});
    let run = read_with(&emulator, settings, Some(&plain));
    assert_complete(&run);
    assert_eq!(requested(&emulator), (date(2026, 3, 11), date(2026, 3, 13)));
    assert!(run.stdout.contains("the state is of the whole stream"), "{run}");
    assert_eq!(*day(&run.final_state()[0]), "2026-03-13");
}
