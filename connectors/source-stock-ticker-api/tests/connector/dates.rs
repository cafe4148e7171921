//! Which days are read: what the user chose, and what the service makes of it.

use crate::common::*;
use airbyte_sdk::testing::Run;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use stock_api_emulator::{Answer, Emulator};

/// With these settings beside the usual ones.
fn read_with(emulator: &Emulator, settings: Value, state: Option<&Value>) -> Run {
    let config = with(emulator, settings);
    connector().read(&config, &catalog("incremental"), state)
}

fn with(emulator: &Emulator, settings: Value) -> Value {
    let mut config = config(&emulator.url());
    config.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    config
}

fn asked(emulator: &Emulator) -> (Date, Date) {
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
        assert_eq!(asked(&emulator), (first, date(2026, 3, 13)));
        assert_eq!(run.records("stock_prices").last().unwrap()["date"], "2026-03-13");
    }
    // All that was asked for is there already.
    let emulator = emulator();
    let run = read_with(&emulator, json!({"end_date": "2026-03-13"}), Some(&state("2026-03-13")));
    assert_complete(&run);
    assert!(emulator.requests().is_empty());
    assert_eq!(*day(&run.final_state()[0]), "2026-03-13");
}

/// Without a start date a first read begins a week ago; one after a long pause begins where the last one ended.
#[test]
fn no_day_is_skipped_after_a_pause() {
    let emulator = emulator();
    let run = read_with(&emulator, json!({"end_date": "2026-03-31"}), Some(&state("2026-03-02")));
    assert_complete(&run);
    assert_eq!(asked(&emulator), (date(2026, 3, 3), date(2026, 3, 31)));
}

#[test]
fn end_date_before_start_date_is_a_config_error() {
    let emulator = emulator();
    let settings = json!({"start_date": "2026-03-13", "end_date": "2026-03-02"});
    let run = read_with(&emulator, settings.clone(), None);
    let sentence = "The end date 2026-03-02 is before the start date 2026-03-13";
    assert_eq!(assert_error(&run, "config_error"), sentence);
    let run = connector().check(&with(&emulator, settings));
    assert_eq!(run.all("CONNECTION_STATUS"), [json!({"status": "FAILED", "message": sentence})]);
    assert!(emulator.requests().is_empty());
}

/// Whatever comes again, the position does not go back, and the days before the start date stay out.
#[test]
fn lookback_days_are_read_again() {
    for (lookback, first, prices) in [(0, 11, 3), (3, 8, 5), (500, 2, 10)] {
        let emulator = emulator();
        let settings =
            json!({"start_date": "2026-03-02", "end_date": "2026-03-13", "lookback_days": lookback});
        let run = read_with(&emulator, settings, Some(&state("2026-03-10")));
        assert_complete(&run);
        assert_eq!(asked(&emulator), (date(2026, 3, first), date(2026, 3, 13)));
        assert_eq!(run.records("stock_prices").len(), prices);
        for state in run.states() {
            assert!(day(&state).as_str() >= Some("2026-03-10"), "{run}");
        }
        assert_eq!(*day(&run.final_state()[0]), "2026-03-13");
    }
}

/// A trading pause that is longer than the days that are read again.
#[test]
fn lookback_without_new_records_keeps_the_position() {
    let emulator = emulator();
    let settings = json!({"start_date": "2026-03-02", "end_date": "2026-03-15", "lookback_days": 4});
    let run = read_with(&emulator, settings, Some(&state("2026-03-14")));
    assert_complete(&run);
    assert_eq!(run.records("stock_prices").len(), 3);
    assert_eq!(*day(&run.final_state()[0]), "2026-03-14");
}

/// As a free plan does it: from two years back, and not a word about the years before.
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

/// Two weeks at least: a weekend has no prices, and a start date may be ahead.
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
        let asked = asked(&emulator);
        // Without an end, it is the machine's date that ends them.
        let is_open = last == Date::MAX && asked.0.saturating_add(13.days()) == asked.1;
        assert!(is_open || asked == (first, last), "{asked:?}");
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

/// Another ticker begins at its start, whatever was read of the first; coming back, that one does too, as its position is gone.
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

/// As the tutorial writes it, and this connector once did: it names no ticker, and is taken for the one that is configured.
#[test]
fn state_without_a_ticker_is_accepted() {
    let emulator = emulator();
    let settings = json!({"start_date": "2026-03-02", "end_date": "2026-03-13"});
    let mut plain = state("");
    plain[0]["stream"]["stream_state"] = json!({"date": "2026-03-10"});
    let run = read_with(&emulator, settings, Some(&plain));
    assert_complete(&run);
    assert_eq!(asked(&emulator), (date(2026, 3, 11), date(2026, 3, 13)));
    assert!(run.stdout.contains("the state is of the whole stream"), "{run}");
    assert_eq!(*day(&run.final_state()[0]), "2026-03-13");
}
