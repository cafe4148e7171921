//! Reading an answer: as a whole, or piece by piece.

#[cfg(feature = "csv")]
use crate::recipes::csv;
use crate::recipes::{complete, elements, json_lines, report, whole_json};
use crate::service::{Service, answer, good};
use airbyte_sdk::protocol::FailureType;
use airbyte_sdk::testing::http;
use airbyte_sdk::{Error, Result};
use serde_json::json;

/// What came out before the error.
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
fn an_answer_becomes_a_type() {
    let service = Service::start([good(json!({"name": "Ann", "openOrders": [4, 5], "more": {}}))]);
    let account = whole_json::account(&http(), &service.url, "Ann & Bo").unwrap();
    assert_eq!((&account.name[..], &account.open_orders[..], account.plan), ("Ann", &[4, 5][..], None));
    assert_eq!(service.asked(), ["GET /account?name=Ann%20%26%20Bo"]);
}

#[test]
fn an_answer_of_another_shape_is_told_by_its_place() {
    let service = Service::start([good(json!({"name": "Ann", "openOrders": [4, "five"]}))]);
    let error = whole_json::account(&http(), &service.url, "Ann").err().unwrap();
    assert_eq!(error.failure_type(), FailureType::SystemError);
    assert!(error.message().ends_with("JSON of an unexpected shape at `openOrders[1]`"), "{error}");
    assert_eq!(service.asked().len(), 1);
}

#[test]
fn elements_are_found_by_their_path() {
    let order = |id: u64| json!({"id": id, "total": 1.5, "more": [{}]});
    let data = json!({"from": "a", "orders": [order(1), order(2)], "to": "b"});
    let service = Service::start([good(json!({"orders": [3], "data": data}))]);
    let (orders, error) = until_error(elements::orders(&http(), &service.url).unwrap());
    assert!(error.is_none(), "{error:?}");
    assert_eq!(orders.iter().map(|order| (order.id, order.total)).collect::<Vec<_>>(), [(1, 1.5), (2, 1.5)]);
    assert_eq!(service.asked(), ["GET /orders"]);
}

#[test]
fn elements_that_came_before_a_fault_stand() {
    let service = Service::start([good(r#"{"data": {"orders": [{"id": 1, "total": 1.5}, {"id": 2}]}}"#)]);
    let (orders, error) = until_error(elements::orders(&http(), &service.url).unwrap());
    assert_eq!(orders.iter().map(|order| order.id).collect::<Vec<_>>(), [1]);
    assert!(error.unwrap().message().contains("data.orders[1]"));
    assert_eq!(service.asked().len(), 1);
}

#[test]
fn each_line_is_a_value() {
    let service = Service::start([good("{\"id\": 1, \"kind\": \"a\"}\r\n\n{\"id\": 2, \"kind\": \"b\"}")]);
    let (events, error) = until_error(json_lines::events(&http(), &service.url).unwrap());
    assert!(error.is_none(), "{error:?}");
    let events: Vec<_> = events.iter().map(|event| (event.id, &event.kind[..])).collect();
    assert_eq!(events, [(1, "a"), (2, "b")]);
    assert_eq!(service.asked(), ["GET /export.jsonl"]);
}

#[test]
fn a_line_that_is_wrong_is_told_by_its_number() {
    let service = Service::start([good("{\"id\": 1, \"kind\": \"a\"}\n{\"id\": 2}\n")]);
    let (events, error) = until_error(json_lines::events(&http(), &service.url).unwrap());
    assert_eq!(events.len(), 1);
    assert!(error.unwrap().message().contains("in line 2"));
}

#[cfg(feature = "csv")]
#[test]
fn a_table_is_read_by_its_header() {
    let table = "\"Amount in euros\",Shop,Day\r\n1.5,\"a, b\",2026-11-19\r\n,c,2026-11-20\r\n";
    let service = Service::start([good(table)]);
    let (sales, error) = until_error(csv::sales(&http(), &service.url).unwrap());
    assert!(error.is_none(), "{error:?}");
    let sales: Vec<_> = sales.iter().map(|sale| (sale.day.to_string(), sale.amount)).collect();
    assert_eq!(sales, [("2026-11-19".to_owned(), Some(1.5)), ("2026-11-20".to_owned(), None)]);
    assert_eq!(service.asked(), ["GET /sales.csv"]);
}

#[test]
fn report_is_polled_until_it_is_ready() {
    let service = Service::start([
        answer(202, "", json!({"id": 7})),
        answer(202, "Retry-After: 0", ""),
        good("{\"id\": 1}\n{\"id\": 2}\n"),
    ]);
    let (sales, error) = until_error(report::sales(&http(), &service.url).unwrap());
    assert!(error.is_none(), "{error:?}");
    assert_eq!(sales.iter().map(|sale| sale.id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(service.asked(), ["POST /reports", "GET /reports/7", "GET /reports/7"]);
}

#[test]
fn what_may_be_missing_is_accepted_where_the_author_says_so() {
    let service = Service::start([answer(204, "", ""), good(json!({"count": 0}))]);
    assert!(complete::by_line(&http(), &service.url).unwrap().next().is_none());
    assert!(complete::by_page(&http(), &service.url).unwrap().next().is_none());
    assert_eq!(service.asked(), ["GET /visits.jsonl", "GET /visits?page=1"]);
    let pages = [4, 4].map(|id| good(json!({"visits": [{"id": id}]})));
    let [first, second] = pages;
    let service = Service::start([first, second, good(json!({"count": 0}))]);
    let (visits, error) = until_error(complete::by_page(&http(), &service.url).unwrap());
    assert!(error.is_none(), "{error:?}");
    assert_eq!(visits.iter().map(|visit| visit.id).collect::<Vec<_>>(), [4, 4]);
}
