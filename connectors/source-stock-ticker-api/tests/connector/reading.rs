//! Successful reads: which days are requested, which prices and which state are sent.

use crate::common::*;
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan, tz::Offset};
use serde_json::{Value, json};
use stock_api_emulator::{Answer, closing_price};

fn expected(ticker: &str, adjusted: bool, (first, last): (Date, Date)) -> Vec<Value> {
    let days = first.series(1.day()).take_while(|day| *day <= last);
    let prices = days.filter_map(|day| Some((day, closing_price(ticker, day, adjusted)?)));
    prices
        .map(|(day, price)| json!({"date": day.to_string(), "stock_ticker": ticker, "price": price}))
        .collect()
}

#[test]
fn last_seven_complete_days_are_read_by_default() {
    // The only test that uses the machine's date. The emulator closes the market on at most one weekday of a week.
    let emulator = emulator_with(|settings| settings.clock = None);
    let mut config = config(&emulator.url());
    config.as_object_mut().unwrap().remove("end_date");
    let run = connector().read(&config, &catalog("full_refresh"), None);
    assert_complete(&run);
    let (first, last) = range(&only_request(&emulator));
    assert_eq!(first + 6.days(), last);
    let today = Offset::UTC.to_datetime(Timestamp::now()).date();
    assert!(last < today && today <= last + 2.days(), "{last} is not the last complete day on {today}");
    let records = run.records("stock_prices");
    assert_eq!(records, expected("TSLA", true, (first, last)));
    assert!(!records.is_empty());
}

#[test]
fn five_prices_of_the_tutorial_are_read() {
    let emulator = emulator();
    let run = connector().read(&config_since(&emulator.url(), "2020-12-15"), &catalog("full_refresh"), None);
    assert_complete(&run);
    let tutorial = [("15", 633.25), ("16", 622.77), ("17", 655.9), ("18", 695.0), ("21", 649.86)];
    let tutorial = tutorial.map(
        |(day, price)| json!({"date": format!("2020-12-{day}"), "stock_ticker": "TSLA", "price": price}),
    );
    assert_eq!(run.records("stock_prices")[..5], tutorial);
}

#[test]
fn emitted_at_is_in_milliseconds() {
    let emulator = emulator();
    let before = Timestamp::now().as_millisecond();
    let run = connector().read(&config(&emulator.url()), &catalog("full_refresh"), None);
    let after = Timestamp::now().as_millisecond();
    for record in run.all("RECORD") {
        let emitted_at = record["emitted_at"].as_i64().unwrap();
        assert!((before..=after).contains(&emitted_at), "{record}");
    }
}

#[test]
fn incremental_read_resumes_after_the_last_day() {
    let emulator = emulator();
    let connector = connector();
    let config = config(&emulator.url());
    let first = connector.read(&config, &catalog("incremental"), None);
    assert_complete(&first);
    let records = first.records("stock_prices");
    let states = first.states();
    let last = states.last().unwrap();
    assert_eq!(last["type"], "STREAM");
    assert_eq!(*day(last), records.last().unwrap()["date"]);
    assert_eq!(last["sourceStats"]["recordCount"], json!(records.len() as f64));

    let second = connector.read(&config, &catalog("incremental"), Some(&first.final_state()));
    assert_complete(&second);
    assert_eq!(range(&only_request(&emulator)).1, LAST_DAY);
    assert!(second.records("stock_prices").is_empty(), "{second}");
    assert_eq!(second.states().len(), 1);
    assert_eq!(second.states()[0]["stream"], last["stream"]);
    assert_eq!(second.states()[0]["sourceStats"]["recordCount"], json!(0.0));
}

#[test]
fn two_incremental_reads_equal_one_full_read() {
    let emulator = emulator();
    let connector = connector();
    let config = config_since(&emulator.url(), "2020-01-02");
    let whole = connector.read(&config, &catalog("incremental"), None);
    let rest = connector.read(&config, &catalog("incremental"), Some(&state("2020-03-06")));
    assert_eq!(range(&emulator.requests()[1]), (date(2020, 3, 7), LAST_DAY));
    let mut both = expected("TSLA", true, (date(2020, 1, 2), date(2020, 3, 6)));
    both.extend(rest.records("stock_prices"));
    assert_eq!(whole.records("stock_prices"), both);
}

#[test]
fn state_in_the_future_sends_no_request_and_is_kept() {
    let emulator = emulator();
    let run = connector().read(&config(&emulator.url()), &catalog("incremental"), Some(&state("2999-01-01")));
    assert_complete(&run);
    assert!(emulator.requests().is_empty());
    assert!(run.records("stock_prices").is_empty());
    assert_eq!(*day(&run.states()[0]), "2999-01-01");
}

#[test]
fn week_without_prices_succeeds_and_keeps_the_state() {
    for empty in [json!({}), json!({"results": null}), json!({"results": []})] {
        let mut page = json!({"ticker": "TSLA", "queryCount": 0, "resultsCount": 0, "adjusted": true, "status": "OK", "request_id": "1"});
        page.as_object_mut().unwrap().extend(empty.as_object().unwrap().clone());
        let emulator = scripted(move |_, _| Some(Answer::json(200, &page)));
        let old = state("2020-02-03");
        let run = connector().read(&config(&emulator.url()), &catalog("incremental"), Some(&old));
        assert_complete(&run);
        assert_eq!(run.states()[0]["stream"], old[0]["stream"]);
        let run = connector().read(&config(&emulator.url()), &catalog("incremental"), None);
        assert_complete(&run);
        assert_eq!(run.states()[0]["stream"]["stream_state"], json!({"partitions": {}}));
    }
}

#[test]
fn key_is_sent_in_a_header_and_the_page_size_is_maximal() {
    let emulator = emulator();
    connector().read(&config(&emulator.url()), &catalog("full_refresh"), None);
    let request = only_request(&emulator);
    assert_eq!(request.header("authorization"), Some(&*format!("Bearer {KEY}")));
    assert!(!request.target.contains(KEY), "{}", request.target);
    assert!(request.target.ends_with("?adjusted=true&sort=asc&limit=50000"), "{}", request.target);
    let agent = request.header("user-agent").unwrap();
    assert!(agent.starts_with("source-stock-ticker-api/"), "{agent}");
}

#[test]
fn unadjusted_prices_can_be_read() {
    let emulator = emulator();
    let mut config = config_since(&emulator.url(), "2022-08-01");
    config["adjusted"] = false.into();
    let run = connector().read(&config, &catalog("full_refresh"), None);
    assert_complete(&run);
    let range = range(&only_request(&emulator));
    let records = run.records("stock_prices");
    assert_eq!(records, expected("TSLA", false, range));
    assert_ne!(records, expected("TSLA", true, range));
}

#[test]
fn delayed_status_is_accepted() {
    let emulator = emulator_with(|settings| settings.delayed = true);
    let run = connector().read(&config(&emulator.url()), &catalog("full_refresh"), None);
    assert_complete(&run);
    assert!(!run.records("stock_prices").is_empty());
}

/// The `next_url` is on another host, but the second page is requested at the origin of the first, with the key.
#[test]
fn next_page_is_requested_at_the_same_origin() {
    let bar = |t: i64, c: f64| json!({"t": t, "c": c, "o": 1, "h": 1, "l": 1, "v": 1.81724024e8});
    let page = |bars: Value, next: Option<&str>| {
        let mut page =
            json!({"ticker": "TSLA", "adjusted": true, "status": "OK", "results": bars, "resultsCount": 1});
        if let Some(next) = next {
            page["next_url"] = next.into();
        }
        page
    };
    // Midnight in New York before and after the start of daylight saving time.
    let first = page(
        json!([bar(1_583_470_800_000, 1.5)]),
        Some("https://api.massive.com/v2/aggs/ticker/TSLA/next?cursor=abc"),
    );
    let second = page(json!([bar(1_583_726_400_000, 2.0)]), None);
    let emulator =
        scripted(move |count, _| Some(Answer::json(200, if count == 0 { &first } else { &second })));
    let run = connector().read(&config_since(&emulator.url(), "2020-03-01"), &catalog("incremental"), None);
    assert_complete(&run);
    let dates: Vec<_> =
        run.records("stock_prices").into_iter().map(|record| record["date"].clone()).collect();
    assert_eq!(dates, ["2020-03-06", "2020-03-09"]);
    let requests = emulator.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[1].target, "/v2/aggs/ticker/TSLA/next?cursor=abc");
    assert_eq!(requests[1].header("authorization"), Some(&*format!("Bearer {KEY}")));
}

#[test]
fn many_pages_are_read_to_the_end() {
    let emulator = emulator_with(|settings| {
        settings.bars_per_day = 4_000;
        settings.page_cap = Some(5_000);
    });
    let run = connector().read(&config(&emulator.url()), &catalog("incremental"), None);
    assert_complete(&run);
    let (first, last) = range(&emulator.requests()[0]);
    let days = expected("TSLA", true, (first, last)).len();
    assert_eq!(run.all("RECORD").len(), days * 4_000);
    assert_eq!((emulator.requests().len(), run.states().len()), (4, 2));
    let counted: f64 =
        run.states().iter().map(|state| state["sourceStats"]["recordCount"].as_f64().unwrap()).sum();
    assert_eq!(counted, (days * 4_000) as f64);
}

#[test]
fn check_succeeds_if_there_are_prices() {
    let emulator = emulator();
    let run = connector().check(&config(&emulator.url()));
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(run.all("CONNECTION_STATUS"), [json!({"status": "SUCCEEDED"})]);
}

/// Twelve pages at five per minute: two waits of a minute, each logged once.
#[test]
fn requests_stay_within_the_rate_limit() {
    let page = |number: usize| {
        let next = (number < 11).then(|| format!("/v2/aggs/{number}"));
        json!({"ticker": "TSLA", "adjusted": true, "status": "OK", "resultsCount": 0, "next_url": next})
    };
    for (limit, waits) in [(json!(5), 2), (json!(12), 0), (json!(0), 0)] {
        let emulator = scripted(move |number, _| Some(Answer::json(200, &page(number))));
        let mut config = config(&emulator.url());
        config["requests_per_minute"] = limit;
        let run = connector().read(&config, &catalog("incremental"), None);
        assert_eq!(run.exit_code, Some(0), "{run}");
        assert_eq!(emulator.requests().len(), 12);
        assert_eq!(
            run.stdout.matches("the rate limit is reached; asking again in 60.").count(),
            waits,
            "{run}"
        );
        assert_eq!(run.stdout.matches("RATE_LIMITED").count(), waits, "{run}");
    }
}

/// The missing bars may be earlier than the received ones, so no state covers them.
#[test]
fn page_with_fewer_bars_than_announced_is_an_error() {
    let bars = json!([{"t": 1_772_773_200_000_i64, "c": 1.5}, {"t": 1_773_205_200_000_i64, "c": 1.6}]);
    for (results, count) in [(json!([]), 0), (bars, 2)] {
        let page = json!({"ticker": "TSLA", "adjusted": true, "status": "OK", "resultsCount": 4, "results": results});
        let emulator = scripted(move |_, _| Some(Answer::json(200, &page)));
        let config = config_since(&emulator.url(), "2026-03-01");
        let run = connector().read(&config, &catalog("incremental"), None);
        let message = assert_incomplete(&run, "transient_error");
        assert!(message.contains(&format!("announced 4 records but contained {count}")), "{message}");
        assert_eq!(run.records("stock_prices").len(), count);
        assert!(run.states().iter().all(|state| day(state).is_null()), "{run}");
    }
}

#[test]
fn state_at_the_maximum_date_is_kept() {
    let emulator = emulator();
    let state = state("9999-12-31");
    let run = connector().read(&config(&emulator.url()), &catalog("incremental"), Some(&state));
    assert_complete(&run);
    assert_eq!(run.final_state()[0]["stream"], state[0]["stream"]);
    assert!(emulator.requests().is_empty());
}
