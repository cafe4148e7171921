//! Tests of the range, the response format, and the limits of the plan.

use jiff::civil::{Date, date};

use super::*;
use crate::calendar::new_york_midnight;
use crate::{EmptyResults, closing_price};

const TIMEFRAME: &str = "Your plan doesn't include this data timeframe. \
                         Please upgrade your plan at https://polygon.io/pricing";

fn free(now: &str) -> Emulator {
    at(now, Settings { history_days: Some(730), end_of_day: true, ..Settings::default() })
}

fn midnights<const N: usize>(days: [Date; N]) -> Vec<i64> {
    days.map(new_york_midnight).to_vec()
}

#[test]
fn range_includes_both_ends() {
    let emulator = friday(Settings::default());
    let week = range(&emulator, "AAPL", "2026-03-06/2026-03-09").json();
    assert_eq!(times(&week), [1_772_773_200_000, 1_773_028_800_000]);
    assert_eq!(week["results"][0]["c"].as_f64(), closing_price("AAPL", date(2026, 3, 6), true));
}

#[test]
fn timestamps_are_rounded_down_to_their_day_in_new_york() {
    let emulator = friday(Settings::default());
    let midnight = new_york_midnight(date(2024, 3, 6));
    let days = |from: i64, to: i64| times(&range(&emulator, "AAPL", &format!("{from}/{to}")).json());
    assert_eq!(days(midnight, midnight), midnights([date(2024, 3, 6)]));
    assert_eq!(
        days(midnight + 86_399_999, midnight + 86_400_000),
        midnights([date(2024, 3, 6), date(2024, 3, 7)])
    );
    // Midnight UTC is the evening before in New York.
    let utc = 1_709_683_200_000;
    assert_eq!(days(utc, utc + 86_400_000), midnights([date(2024, 3, 5), date(2024, 3, 6)]));
}

#[test]
fn response_has_the_format_of_the_real_api() {
    let emulator = friday(Settings::default());
    let body = range(&emulator, "TSLA", "2020-12-18/2020-12-18");
    let text = body.text();
    assert!(
        text.starts_with(
            r#"{"ticker":"TSLA","queryCount":1,"resultsCount":1,"adjusted":true,"results":[{"v":"#
        )
    );
    assert!(text.contains(r#","c":695,"h":"#), "{text}");
    let id = body.header("X-Request-Id").unwrap();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert!(text.ends_with(&format!(r#"}}],"status":"OK","request_id":"{id}","count":1}}"#)), "{text}");
}

#[test]
fn response_without_bars_has_the_configured_empty_results() {
    let emulator = friday(Settings::default());
    let empty = [
        ("ZZZZ", "2026-03-02/2026-03-13"),
        ("aapl", "2026-03-02/2026-03-13"),
        ("AAPL", "2026-03-07/2026-03-08"),
    ];
    for (form, results) in [
        (EmptyResults::Absent, ""),
        (EmptyResults::Null, ",\"results\":null"),
        (EmptyResults::Array, ",\"results\":[]"),
    ] {
        emulator.update(|settings| settings.empty_results = form);
        for (ticker, days) in empty {
            let response = range(&emulator, ticker, days);
            let id = response.header("X-Request-Id").unwrap();
            assert_eq!(
                response.text(),
                format!(
                    "{{\"ticker\":\"{ticker}\",\"queryCount\":0,\"resultsCount\":0,\"adjusted\":true\
                     {results},\
                     \"status\":\"OK\",\"request_id\":\"{id}\"}}"
                )
            );
        }
    }
}

#[test]
fn tickers_are_decoded_once_and_case_sensitive() {
    let emulator = friday(Settings::default());
    for (raw, ticker, bars) in [
        ("BRK%2EB", "BRK.B", 1),
        ("BRK.A", "BRK.A", 1),
        ("KIMpL", "KIMpL", 1),
        ("KIMPL", "KIMPL", 0),
        ("X%3ABTCUSD", "X:BTCUSD", 0),
        ("%2541APL", "%41APL", 0),
        ("%22%5C", "\"\\", 0),
    ] {
        let body = range(&emulator, raw, "2026-03-06/2026-03-06").json();
        assert_eq!((body["ticker"].as_str(), times(&body).len()), (Some(ticker), bars));
    }
}

#[test]
fn todays_bar_is_missing_until_tomorrow_if_end_of_day_is_set() {
    let today = date(2026, 11, 13);
    let yesterday = date(2026, 11, 12);
    // 19:30 in New York, but already the next day in UTC.
    let emulator = at("2026-11-14T00:30:00Z", Settings::default());
    let body = range(&emulator, "AAPL", "2026-11-12/2026-11-20").json();
    assert_eq!((body["status"].as_str(), times(&body)), (Some("OK"), midnights([yesterday, today])));

    emulator.update(|settings| settings.end_of_day = true);
    for to in ["2026-11-13", "2026-11-20"] {
        let body = range(&emulator, "AAPL", &format!("2026-11-12/{to}")).json();
        assert_eq!((body["status"].as_str(), times(&body)), (Some("DELAYED"), midnights([yesterday])));
        let alone = range(&emulator, "AAPL", &format!("2026-11-13/{to}"));
        assert_eq!(alone.status, 403);
        let message = alone.json()["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with("Attempted to request today's data before end of day. "), "{message}");
    }
    let body = range(&emulator, "AAPL", "2026-11-12/2026-11-12").json();
    assert_eq!((body["status"].as_str(), times(&body)), (Some("OK"), midnights([yesterday])));

    emulator.update(|settings| settings.clock = Some("2026-11-14T05:00:00Z".parse().unwrap()));
    assert_eq!(times(&range(&emulator, "AAPL", "2026-11-13/2026-11-13").json()), midnights([today]));
}

#[test]
fn range_outside_the_plan_is_rejected_or_clipped() {
    let emulator = free("2026-07-28T16:00:00Z");
    for days in ["2020-01-01/2024-07-27", "2026-07-29/2026-07-31", "2030-01-01/2030-01-02"] {
        let response = range(&emulator, "AAPL", days);
        assert_eq!((response.status, response.json()["message"].as_str()), (403, Some(TIMEFRAME)), "{days}");
    }
    let clipped = range(&emulator, "AAPL", "2022-07-01/2026-07-27?limit=50000").json();
    assert_eq!(clipped["status"], "OK");
    assert_eq!(times(&clipped)[0], new_york_midnight(date(2024, 7, 29)));
    // The real API has one less: 9 January 2025 was an unscheduled closure, a day of mourning.
    assert_eq!(times(&clipped).len(), 501);

    emulator.update(|settings| settings.history_days = None);
    assert_eq!(times(&range(&emulator, "AAPL", "1979-01-01/1980-01-02").json()).len(), 1);
    assert_eq!(range(&emulator, "AAPL", "2026-07-29/2026-07-31").status, 403);
    emulator.update(|settings| settings.history_days = Some(u32::MAX));
    assert_eq!(range(&emulator, "AAPL", "1979-01-01/1980-01-02").status, 200);
}

#[test]
fn other_asset_classes_require_another_plan() {
    let emulator = friday(Settings { entitled_to_stocks_only: true, ..Settings::default() });
    for ticker in ["X%3ABTCUSD", "C:EURUSD", "I:SPX", "O:SPY251219C00650000"] {
        let response = range(&emulator, ticker, "2026-03-02/2026-03-13");
        assert_eq!(response.status, 403);
        assert!(
            response.json()["message"].as_str().unwrap().starts_with("You are not entitled to this data.")
        );
    }
    assert_eq!(range(&emulator, "AAPL", "2026-03-02/2026-03-13").status, 200);
}
