//! Reading a response, as a whole or element by element.

use crate::api::{Api, good, response};
use crate::ids;
#[cfg(feature = "csv")]
use crate::recipes::csv;
use crate::recipes::{complete, elements, json_lines, report, whole_json};
use airbyte_sdk::protocol::FailureType;
use airbyte_sdk::{Error, Result};
use serde_json::{Value, json};

/// Returns the items before the error, and the error.
pub(crate) fn until_error<T>(items: impl Iterator<Item = Result<T>>) -> (Vec<T>, Option<Error>) {
    let (mut good, mut bad) = (Vec::new(), None);
    for item in items {
        assert!(bad.is_none(), "the error is the last");
        match item {
            Ok(item) => good.push(item),
            Err(error) => bad = Some(error),
        }
    }
    (good, bad)
}

#[test]
fn response_is_read_into_a_type() {
    let api = Api::start([good(json!({"name": "Ann", "openOrders": [4, 5], "more": {}}))]);
    let (accounts, end) = read!(whole_json, api);
    end.unwrap();
    assert_eq!(accounts, [json!({"name": "Ann", "open_orders": 2, "plan": null})]);
    assert_eq!(api.requested(), ["GET /account?name=Ann%20%26%20Bo"]);
}

#[test]
fn unexpected_type_is_named_by_its_place() {
    let api = Api::start([good(json!({"name": "Ann", "openOrders": [4, "five"]}))]);
    let error = read!(whole_json, api).1.unwrap_err();
    assert_eq!(error.failure_type(), FailureType::SystemError);
    assert!(error.message().ends_with(": invalid value at `openOrders[1]`"), "{error}");
    assert_eq!(api.requested().len(), 1);
}

#[test]
fn elements_are_found_by_their_path() {
    let order = |id: u64| json!({"id": id, "total": 1.5, "more": [{}]});
    let data = json!({"from": "a", "orders": [order(1), order(2)], "to": "b"});
    let api = Api::start([good(json!({"orders": [3], "data": data}))]);
    let (orders, end) = read!(elements, api);
    end.unwrap();
    assert_eq!(orders, [1, 2].map(|id| json!({"id": id, "total": 1.5})));
    assert_eq!(api.requested(), ["GET /orders"]);
}

#[test]
fn elements_before_an_error_stay_emitted() {
    let api = Api::start([good(r#"{"data": {"orders": [{"id": 1, "total": 1.5}, {"id": 2}]}}"#)]);
    let (orders, end) = read!(elements, api);
    assert_eq!(ids(&orders), [1]);
    assert!(end.unwrap_err().message().contains("data.orders[1]"));
    assert_eq!(api.requested().len(), 1);
}

#[test]
fn each_line_is_parsed_as_a_value() {
    let api = Api::start([good("{\"id\": 1, \"kind\": \"a\"}\r\n\n{\"id\": 2, \"kind\": \"b\"}")]);
    let (events, end) = read!(json_lines, api);
    end.unwrap();
    assert_eq!(events, [json!({"id": 1, "kind": "a"}), json!({"id": 2, "kind": "b"})]);
    assert_eq!(api.requested(), ["GET /export.jsonl"]);
}

#[test]
fn wrong_line_is_named_by_its_number() {
    let api = Api::start([good("{\"id\": 1, \"kind\": \"a\"}\n{\"id\": 2}\n")]);
    let (events, end) = read!(json_lines, api);
    assert_eq!(ids(&events), [1]);
    assert!(end.unwrap_err().message().contains(": line 2: missing field `kind` at the top level"));
}

#[cfg(feature = "csv")]
#[test]
fn table_is_read_by_its_header() {
    let table = "\"Amount in euros\",Shop,Day\r\n1.5,\"a, b\",2026-11-19\r\n,c,2026-11-20\r\n";
    let api = Api::start([good(table)]);
    let (sales, end) = read!(csv, api);
    end.unwrap();
    let expected =
        [json!({"day": "2026-11-19", "amount": 1.5}), json!({"day": "2026-11-20", "amount": null})];
    assert_eq!(sales, expected);
    assert_eq!(api.requested(), ["GET /sales.csv"]);
}

#[test]
fn report_is_polled_until_it_is_ready() {
    let api = Api::start([
        response(202, "", json!({"id": 7})),
        response(202, "Retry-After: 0", ""),
        good("{\"id\": 1}\n{\"id\": 2}\n"),
    ]);
    let (sales, end) = read!(report, api);
    end.unwrap();
    assert_eq!(ids(&sales), [1, 2]);
    assert_eq!(api.requested(), ["POST /reports", "GET /reports/7", "GET /reports/7"]);
}

#[test]
fn incomplete_responses_are_accepted_where_the_recipe_says_so() {
    let read = |api: &Api, lines: bool| -> Vec<Value> {
        let config = complete::Config { api_url: api.url.clone() };
        let fetch = if lines { complete::fetch_lines } else { complete::fetch_pages };
        let (visits, end) = crate::read_by(|out| fetch(&config, out));
        end.unwrap();
        visits
    };
    let api = Api::start([response(204, "", ""), good(json!({"count": 0}))]);
    assert!(read(&api, true).is_empty() && read(&api, false).is_empty());
    assert_eq!(api.requested(), ["GET /visits.jsonl", "GET /visits?page=1"]);
    let [first, second] = [4, 4].map(|id| good(json!({"visits": [{"id": id}]})));
    let api = Api::start([first, second, good(json!({"count": 0}))]);
    assert_eq!(ids(&read(&api, false)), [4, 4]);
}
