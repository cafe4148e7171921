//! Tests of the settings that make the API misbehave.

use super::*;
use crate::faults;
use crate::{CallLimit, NextPage, Response, RetryAfter};

/// Two pages of two bars each.
const WEEK: &str = "/v2/aggs/ticker/AAPL/range/1/day/2026-11-09/2026-11-12?limit=2";

fn next_url(emulator: &Emulator) -> String {
    let page = Client::new(emulator).get(WEEK, KEY).json();
    page["next_url"].as_str().unwrap().to_owned()
}

fn follow(emulator: &Emulator, url: &str) -> Value {
    Client::new(emulator).get(url.strip_prefix(&emulator.url()).unwrap(), KEY).json()
}

#[test]
fn next_page_setting_changes_the_link() {
    for (next_page, begins) in [
        (NextPage::At("https://api.polygon.io".to_owned()), "https://api.polygon.io/v2/aggs/ticker/AAPL/"),
        (NextPage::Relative, "/v2/aggs/ticker/AAPL/"),
    ] {
        assert!(next_url(&friday(Settings { next_page, ..Settings::default() })).starts_with(begins));
    }
    let emulator = friday(Settings { next_page: NextPage::Itself, ..Settings::default() });
    assert_eq!(next_url(&emulator), format!("{}{WEEK}", emulator.url()));
    let next_page = NextPage::OtherTicker("TSLA".to_owned());
    let emulator = friday(Settings { next_page, ..Settings::default() });
    assert_eq!(follow(&emulator, &next_url(&emulator))["ticker"], "TSLA");
}

#[test]
fn empty_page_between_two_pages() {
    let emulator = friday(Settings { next_page: NextPage::AfterAnEmptyOne, ..Settings::default() });
    let empty = follow(&emulator, &next_url(&emulator));
    assert_eq!(times(&empty), [] as [i64; 0]);
    let last = follow(&emulator, empty["next_url"].as_str().unwrap());
    assert_eq!(times(&last).len(), 2);
}

#[test]
fn later_pages_can_flip_adjusted_and_overlap() {
    let emulator = friday(Settings { adjusted_flips: true, pages_overlap: true, ..Settings::default() });
    let first = Client::new(&emulator).get(WEEK, KEY).json();
    let second = follow(&emulator, first["next_url"].as_str().unwrap());
    assert_eq!((&first["adjusted"], &second["adjusted"]), (&Value::from(true), &Value::from(false)));
    assert_eq!(times(&second)[0], times(&first)[1]);
    emulator.update(|settings| settings.fault = Some(faults::on_later_pages(Response::text(500, ""))));
    assert_eq!(Client::new(&emulator).get(WEEK, KEY).status, 200);
    assert_eq!(Client::new(&emulator).get(&format!("{WEEK}&cursor=x"), KEY).status, 500);
}

#[test]
fn rate_limit_counts_calls_of_the_last_minute() {
    let limit = CallLimit { retry_after: RetryAfter::Seconds(7), ..CallLimit::FREE };
    let emulator = friday(Settings { call_limit: Some(limit), ..Settings::default() });
    let statuses = |count: usize| -> Vec<u16> {
        (0..count).map(|_| Client::new(&emulator).get(WEEK, KEY).status).collect()
    };
    assert_eq!(statuses(7), [200, 200, 200, 200, 200, 429, 429]);
    let rejected = Client::new(&emulator).get(WEEK, KEY);
    assert_eq!(rejected.header("Retry-After"), Some("7"));
    assert!(rejected.json()["error"].as_str().unwrap().contains("maximum requests per minute"));
    // A request without the key does not count.
    assert_eq!(Client::new(&emulator).get(WEEK, "").status, 401);
    emulator.update(|settings| {
        settings.clock = settings.clock.map(|now| now + jiff::SignedDuration::from_secs(60));
    });
    assert_eq!(statuses(1), [200]);
    let limit = CallLimit { calls: 0, empty_body: true, retry_after: RetryAfter::Date(30), ..limit };
    emulator.update(|settings| settings.call_limit = Some(limit));
    let rejected = Client::new(&emulator).get(WEEK, KEY);
    assert_eq!(
        (rejected.text(), rejected.header("Retry-After")),
        ("", Some("Fri, 13 Nov 2026 17:01:30 GMT"))
    );
}

#[test]
fn scripted_response_is_sent_unchanged() {
    let script = Response::scripted(|to| to.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
    let emulator = friday(Settings { fault: Some(faults::first(1, script)), ..Settings::default() });
    let mut client = Client::new(&emulator);
    assert_eq!(client.get(WEEK, KEY).text(), "hi");
    assert!(client.is_closed());
    assert_eq!(times(&Client::new(&emulator).get(WEEK, KEY).json()).len(), 2);
}

#[test]
fn error_response_can_contain_the_key() {
    let emulator = friday(Settings { fault: Some(faults::echo_key(500)), ..Settings::default() });
    let response = Client::new(&emulator).get(WEEK, KEY);
    assert!(response.status == 500 && response.text().contains("Bearer test-key"));
}
