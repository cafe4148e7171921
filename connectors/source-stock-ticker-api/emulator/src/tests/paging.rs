//! Tests of pagination: each bar once, in order, and no API key in the links.

use jiff::civil::date;

use super::*;
use crate::calendar::new_york_midnight;
use crate::{VolumeForm, closing_price, is_trading_day};

/// Follows `next_url` to the end.
fn walk(emulator: &Emulator, target: &str) -> Vec<Value> {
    let mut client = Client::new(emulator);
    let mut pages = Vec::new();
    let mut next = Some(target.to_owned());
    while let Some(target) = next {
        let response = client.get(&target, KEY);
        assert_eq!(response.status, 200, "{}", response.text());
        let page = response.json();
        next = page.get("next_url").map(|url| {
            let url = url.as_str().unwrap();
            assert!(!url.contains("test-key"));
            url.strip_prefix(&emulator.url()).unwrap().to_owned()
        });
        pages.push(page);
    }
    pages
}

#[test]
fn every_bar_is_returned_once_with_any_limit() {
    let emulator = friday(Settings { volume_form: VolumeForm::Mixed, ..Settings::default() });
    // Clocks change in both ranges.
    for (from, to) in [(date(2026, 2, 27), date(2026, 3, 17)), (date(2026, 10, 22), date(2026, 11, 10))] {
        let days: Vec<_> = from.series(jiff::Span::new().days(1)).take_while(|day| *day <= to).collect();
        let mut expected: Vec<_> =
            days.into_iter().filter(|day| is_trading_day(*day)).map(new_york_midnight).collect();
        for sort in ["asc", "desc"] {
            for limit in [1, 2, 3, 5, 7, 13, 14, 50_000] {
                let target =
                    format!("/v2/aggs/ticker/AAPL/range/1/day/{from}/{to}?sort={sort}&limit={limit}");
                let pages = walk(&emulator, &target);
                assert_eq!(pages.len(), expected.len().div_ceil(limit), "{sort} {limit}");
                assert_eq!(pages.iter().flat_map(times).collect::<Vec<_>>(), expected, "{sort} {limit}");
                for page in &pages {
                    let count = times(page).len();
                    assert_eq!([&page["queryCount"], &page["resultsCount"], &page["count"]], [count; 3]);
                }
            }
            expected.reverse();
        }
    }
}

#[test]
fn next_url_contains_range_and_cursor_but_no_key() {
    let emulator = friday(Settings::default());
    let target = "/v2/aggs/ticker/AAPL/range/1/day/2020-01-01/2020-01-10?limit=2&apiKey=test-key";
    let page = Client::new(&emulator).get(target, "").json();
    // The day after the last bar, although it is a Saturday.
    let path = "/v2/aggs/ticker/AAPL/range/1/day/1578114000000/2020-01-10?cursor=bGltaXQ9MiZzb3J0PWFzYw";
    assert_eq!(page["next_url"], format!("{}{path}", emulator.url()));
    let mut client = Client::new(&emulator);
    assert_eq!(client.get(path, "").status, 401);
    assert_eq!(client.get(&format!("{path}&apiKey=test-key"), "").status, 200);
}

#[test]
fn later_pages_keep_adjusted_false() {
    let emulator = friday(Settings::default());
    let target = "/v2/aggs/ticker/AAPL/range/1/day/2020-08-26/2020-09-02?limit=2&adjusted=false";
    let pages = walk(&emulator, target);
    assert_eq!(pages.len(), 3);
    assert!(pages.iter().all(|page| page["adjusted"] == false));
    let closes: Vec<_> = pages.iter().flat_map(|page| page["results"].as_array().unwrap()).collect();
    for (bar, day) in closes.iter().zip([26, 27, 28]) {
        assert_eq!(bar["c"].as_f64(), closing_price("AAPL", date(2020, 8, day), false));
        assert_ne!(bar["c"].as_f64(), closing_price("AAPL", date(2020, 8, day), true));
    }
}

#[test]
fn page_can_end_within_a_day_of_many_bars() {
    let emulator = friday(Settings { bars_per_day: 10, ..Settings::default() });
    for sort in ["asc", "desc"] {
        for limit in [3, 10, 25, 100] {
            let target =
                format!("/v2/aggs/ticker/MSFT/range/1/day/2026-03-05/2026-03-10?limit={limit}&sort={sort}");
            let mut found: Vec<_> = walk(&emulator, &target).iter().flat_map(times).collect();
            if sort == "desc" {
                found.reverse();
            }
            let days = [5, 6, 9, 10].map(|day| new_york_midnight(date(2026, 3, day)));
            let expected: Vec<_> =
                days.iter().flat_map(|midnight| (0..10).map(move |i| midnight + i)).collect();
            assert_eq!(found, expected, "{sort} {limit}");
        }
    }
}

#[test]
fn page_cap_shortens_pages_and_loses_no_bar() {
    let emulator = friday(Settings::default());
    let target = "/v2/aggs/ticker/AAPL/range/1/day/2026-11-02/2026-11-12?limit=4";
    let expected: Vec<_> = walk(&emulator, target).iter().flat_map(times).collect();
    assert_eq!(expected.len(), 9);
    // The smaller of the client's limit and the cap applies.
    for (cap, counts) in [(0, &[1; 9][..]), (3, &[3, 3, 3]), (4, &[4, 4, 1]), (5, &[4, 4, 1])] {
        emulator.update(|settings| settings.page_cap = Some(cap));
        let pages = walk(&emulator, target);
        assert_eq!(pages.iter().map(|page| times(page).len()).collect::<Vec<_>>(), counts, "{cap}");
        assert_eq!(pages.iter().flat_map(times).collect::<Vec<_>>(), expected, "{cap}");
        for page in &pages {
            assert_eq!(page["resultsCount"], times(page).len(), "{cap}");
        }
    }
}

#[test]
fn default_limit_is_5000() {
    let emulator = friday(Settings::default());
    let target = "/v2/aggs/ticker/TSLA/range/1/day/1990-01-01/2026-11-13";
    let pages = walk(&emulator, target);
    let counts: Vec<_> = pages.iter().map(|page| times(page).len()).collect();
    assert_eq!((counts.len(), counts[0]), (2, 5_000));
    let one = walk(&emulator, &format!("{target}?limit=50000"));
    assert_eq!(
        one.iter().flat_map(times).collect::<Vec<_>>(),
        pages.iter().flat_map(times).collect::<Vec<_>>()
    );
}
