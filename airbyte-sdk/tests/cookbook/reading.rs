//! Reading a response, as a whole or element by element.

use crate::ids;
#[cfg(feature = "csv")]
use crate::recipes::csv;
use crate::recipes::{complete, elements, json_lines, report, whole_json};
use crate::service::{Service, answer, good};
use airbyte_sdk::protocol::FailureType;
use airbyte_sdk::{Error, Result};
use serde_json::{Value, json};

/// The items before the error, and the error.
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
    let service = Service::start([good(json!({"name": "Ann", "openOrders": [4, 5], "more": {}}))]);
    let (accounts, end) = read!(whole_json, service);
    end.unwrap();
    assert_eq!(accounts, [json!({"name": "Ann", "open_orders": 2, "plan": null})]);
    assert_eq!(service.asked(), ["GET /account?name=Ann%20%26%20Bo"]);
}

#[test]
fn unexpected_type_is_named_by_its_place() {
    let service = Service::start([good(json!({"name": "Ann", "openOrders": [4, "five"]}))]);
    let error = read!(whole_json, service).1.unwrap_err();
    assert_eq!(error.failure_type(), FailureType::SystemError);
    assert!(error.message().ends_with(": invalid value at `openOrders[1]`"), "{error}");
    assert_eq!(service.asked().len(), 1);
}

#[test]
fn elements_are_found_by_their_path() {
    let order = |id: u64| json!({"id": id, "total": 1.5, "more": [{}]});
    let data = json!({"from": "a", "orders": [order(1), order(2)], "to": "b"});
    let service = Service::start([good(json!({"orders": [3], "data": data}))]);
    let (orders, end) = read!(elements, service);
    end.unwrap();
    assert_eq!(orders, [1, 2].map(|id| json!({"id": id, "total": 1.5})));
    assert_eq!(service.asked(), ["GET /orders"]);
}

#[test]
fn elements_before_an_error_stay_emitted() {
    let service = Service::start([good(r#"{"data": {"orders": [{"id": 1, "total": 1.5}, {"id": 2}]}}"#)]);
    let (orders, end) = read!(elements, service);
    assert_eq!(ids(&orders), [1]);
    assert!(end.unwrap_err().message().contains("data.orders[1]"));
    assert_eq!(service.asked().len(), 1);
}

#[test]
fn each_line_is_parsed_as_a_value() {
    let service = Service::start([good("{\"id\": 1, \"kind\": \"a\"}\r\n\n{\"id\": 2, \"kind\": \"b\"}")]);
    let (events, end) = read!(json_lines, service);
    end.unwrap();
    assert_eq!(events, [json!({"id": 1, "kind": "a"}), json!({"id": 2, "kind": "b"})]);
    assert_eq!(service.asked(), ["GET /export.jsonl"]);
}

#[test]
fn wrong_line_is_named_by_its_number() {
    let service = Service::start([good("{\"id\": 1, \"kind\": \"a\"}\n{\"id\": 2}\n")]);
    let (events, end) = read!(json_lines, service);
    assert_eq!(ids(&events), [1]);
    assert!(end.unwrap_err().message().contains(": line 2: missing field `kind` at the top level"));
}

#[cfg(feature = "csv")]
#[test]
fn table_is_read_by_its_header() {
    let table = "\"Amount in euros\",Shop,Day\r\n1.5,\"a, b\",2026-11-19\r\n,c,2026-11-20\r\n";
    let service = Service::start([good(table)]);
    let (sales, end) = read!(csv, service);
    end.unwrap();
    let expected =
        [json!({"day": "2026-11-19", "amount": 1.5}), json!({"day": "2026-11-20", "amount": null})];
    assert_eq!(sales, expected);
    assert_eq!(service.asked(), ["GET /sales.csv"]);
}

#[test]
fn report_is_polled_until_it_is_ready() {
    let service = Service::start([
        answer(202, "", json!({"id": 7})),
        answer(202, "Retry-After: 0", ""),
        good("{\"id\": 1}\n{\"id\": 2}\n"),
    ]);
    let (sales, end) = read!(report, service);
    end.unwrap();
    assert_eq!(ids(&sales), [1, 2]);
    assert_eq!(service.asked(), ["POST /reports", "GET /reports/7", "GET /reports/7"]);
}

#[test]
fn incomplete_responses_are_accepted_where_the_recipe_says_so() {
    let read = |service: &Service, lines: bool| -> Vec<Value> {
        let config = complete::Config { api_url: service.url.clone() };
        let fetch = if lines { complete::fetch_lines } else { complete::fetch_pages };
        let (visits, end) = crate::read_by(|out| fetch(&config, out));
        end.unwrap();
        visits
    };
    let service = Service::start([answer(204, "", ""), good(json!({"count": 0}))]);
    assert!(read(&service, true).is_empty() && read(&service, false).is_empty());
    assert_eq!(service.asked(), ["GET /visits.jsonl", "GET /visits?page=1"]);
    let [first, second] = [4, 4].map(|id| good(json!({"visits": [{"id": id}]})));
    let service = Service::start([first, second, good(json!({"count": 0}))]);
    assert_eq!(ids(&read(&service, false)), [4, 4]);
}
