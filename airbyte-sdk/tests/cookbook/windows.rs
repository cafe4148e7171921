//! Reads in windows, and of APIs that cannot filter by the cursor.

use crate::api::{Api, good};
use crate::ids;
use crate::recipes::{client_side_filter, newest_first, parallel_windows, windows};
use airbyte_sdk::testing::server::{Request, Response};
use airbyte_sdk::testing::{Fetched, fetch_at};
use airbyte_sdk::{Date, Timestamp};
use serde_json::{Value, json};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn order(id: u64, updated_at: &str) -> Value {
    json!({"id": id, "updated_at": updated_at})
}

/// Responds with these pages, by their number, and with empty ones after them.
fn paged(pages: Vec<Vec<Value>>) -> Api {
    Api::responding(move |request: &Request| {
        let number: usize = request.query("page").map_or(1, |page| page.parse().unwrap());
        let orders = pages.get(number - 1).cloned().unwrap_or_default();
        let next = (number < pages.len()).then(|| format!("/orders?page={}", number + 1));
        good(json!({"orders": orders, "next": next}))
    })
}

#[test]
fn windows_cover_the_time_since_the_last_read() {
    let read = |since: Option<&str>, api: &Api| -> Fetched {
        let config = windows::Config { api_url: api.url.clone(), start_date: Date::constant(2026, 1, 1) };
        fetch_at(time("2026-02-10T12:00:00Z"), |out| windows::fetch(&config, since.map(time), out))
    };
    let api = Api::responding(|request: &Request| {
        let is_first = request.query("page").unwrap() == "1";
        let day = request.query("from").unwrap()[..10].to_owned();
        let orders = [order(2, &format!("{day}T23:00:00Z")), order(1, &format!("{day}T01:00:00Z"))];
        good(json!({"orders": if is_first { &orders[..] } else { &[] }}))
    });
    let first = read(None, &api);
    let state = json!({"updated_at": "2026-02-10T11:50:00Z"});
    assert_eq!((first.state.as_ref(), ids(&first.records)), (Some(&state), vec![2, 1, 2, 1]));
    let window = |from: &str, before: &str| {
        let query = format!("from={from}T00%3A00%3A00Z&before={before}%3A00%3A00Z");
        [1, 2].map(|page| format!("GET /orders?{query}&page={page}"))
    };
    let windows = [window("2026-01-01", "2026-01-31T00"), window("2026-01-31", "2026-02-10T12")];
    assert_eq!(api.requested(), windows.concat());
    // A read that fails in the second window resumes at its start.
    let api = Api::responding(|request: &Request| match request.query("from").unwrap().as_str() {
        "2026-01-01T00:00:00Z" => good(json!({"orders": []})),
        _ => Response::new(403),
    });
    let failed = read(None, &api);
    assert!(failed.error.is_some());
    assert_eq!(failed.state, Some(json!({"updated_at": "2026-01-31T00:00:00Z"})));
}

#[test]
fn windows_listed_for_parallel_reads_are_those_of_the_loop() {
    let api = Api::responding(|request: &Request| {
        let orders = match request.query("page").as_deref() {
            Some("1") => vec![order(1, &request.query("from").unwrap())],
            _ => vec![],
        };
        good(json!({"orders": orders}))
    });
    let config =
        parallel_windows::Config { api_url: api.url.clone(), start_date: Date::constant(2026, 1, 1) };
    let read = fetch_at(time("2026-02-10T12:00:00Z"), |out| {
        for window in parallel_windows::windows(&config, None, out)? {
            parallel_windows::fetch(&config, &window, out)?;
        }
        Ok(())
    });
    assert_eq!(ids(&read.unwrap()), [1, 1]);
    let queries = [
        "from=2026-01-01T00%3A00%3A00Z&before=2026-01-31T00%3A00%3A00Z",
        "from=2026-01-31T00%3A00%3A00Z&before=2026-02-10T12%3A00%3A00Z",
    ];
    let requests = queries.map(|query| [1, 2].map(|page| format!("GET /orders?{query}&page={page}")));
    assert_eq!(api.requested(), requests.concat());
}

#[test]
fn newest_records_are_read_until_a_known_one() {
    let pages = || {
        vec![
            vec![order(5, "2026-02-10T11:58:00Z"), order(4, "2026-02-10T10:00:00Z")],
            vec![order(3, "2026-02-09T00:00:00Z"), order(2, "2026-02-08T00:00:00Z")],
            vec![order(1, "2026-02-07T00:00:00Z")],
        ]
    };
    let read = |since: Option<&str>, api: &Api| {
        let config = newest_first::Config { api_url: api.url.clone() };
        fetch_at(time("2026-02-10T12:00:00Z"), |out| newest_first::fetch(&config, since.map(time), out))
    };
    // Order 5 is read again by the next sync, since others from its time may still appear.
    let state = Some(json!({"updated_at": "2026-02-10T11:50:00Z"}));
    let api = paged(pages());
    let all = read(None, &api);
    assert_eq!((ids(&all.records), &all.state, api.requests().len()), (vec![5, 4, 3, 2, 1], &state, 3));
    let api = paged(pages());
    let new = read(Some("2026-02-09T00:00:00Z"), &api);
    assert_eq!((ids(&new.records), &new.state, api.requests().len()), (vec![5, 4, 3], &state, 2));
    assert!(new.error.is_none());
    // If the second page fails, the first one proves nothing.
    let broken = Api::responding(|request: &Request| match request.query("page") {
        None => good(json!({"orders": [order(5, "2026-02-10T10:00:00Z")], "next": "/orders?page=2"})),
        Some(_) => Response::new(403),
    });
    let failed = read(None, &broken);
    assert_eq!((ids(&failed.records), failed.state, failed.error.is_some()), (vec![5], None, true));
}

#[test]
fn only_records_from_since_on_are_emitted() {
    let pages = vec![
        vec![order(3, "2026-02-09T00:00:00Z"), order(1, "2026-02-07T00:00:00Z")],
        vec![order(4, "2026-02-10T11:58:00Z"), order(2, "2026-02-08T00:00:00Z")],
    ];
    let api = paged(pages);
    let config = client_side_filter::Config { api_url: api.url.clone() };
    let since = Some(time("2026-02-08T00:00:00Z"));
    let read = fetch_at(time("2026-02-10T12:00:00Z"), |out| client_side_filter::fetch(&config, since, out));
    assert_eq!(read.state, Some(json!({"updated_at": "2026-02-10T11:50:00Z"})));
    assert_eq!(ids(&read.unwrap()), [3, 4, 2]);
}
