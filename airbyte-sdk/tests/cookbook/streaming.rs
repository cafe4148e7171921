//! Page after page, each read while it arrives: what is asked for, in which order, and when it ends.

use crate::reading::until_error;
use crate::recipes::{
    elements_by_header, elements_over_pages, graphql, linked_elements, numbered_elements, offset_elements,
};
use crate::service::{Answer, Service, answer, good};
use airbyte_sdk::protocol::FailureType;
use airbyte_sdk::testing::http;
use serde_json::{Value, json};

/// Some objects with these ids, in an array of this name, with how many there are.
fn list(name: &str, ids: &[u64]) -> Answer {
    let elements: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
    good(json!({"count": ids.len(), (name): elements}))
}

#[test]
fn elements_go_on_over_pages() {
    let service = Service::start([
        good(r#"{"currency": "EUR", "prices": [1.5, 2.5], "count": 2, "next": "t-1"}"#),
        good(r#"{"currency": "EUR", "prices": [], "count": 0, "next": "t-2"}"#),
        good(r#"{"currency": "EUR", "prices": [3.5]}"#),
    ]);
    let (prices, error) = until_error(elements_over_pages::prices(&http(), &service.url).unwrap());
    assert!(error.is_none(), "{error:?}");
    assert_eq!(prices, [1.5, 2.5, 3.5]);
    assert_eq!(service.asked(), ["GET /prices", "GET /prices?after=t-1", "GET /prices?after=t-2"]);
}

#[test]
fn a_page_is_looked_at_before_and_after_its_elements() {
    let page = |currency, count| {
        good(format!(r#"{{"currency": "{currency}", "prices": [1.5], "count": {count}, "next": "t"}}"#))
    };
    for (answer, before, kind, message) in [
        (page("CHF", 1), 0, FailureType::ConfigError, "the shop sells in CHF, not in euros"),
        (
            page("EUR", 2),
            1,
            FailureType::TransientError,
            "a page of the answer says that it has 2 records, and has 1",
        ),
    ] {
        let service = Service::start([answer]);
        let (prices, error) = until_error(elements_over_pages::prices(&http(), &service.url).unwrap());
        let error = error.unwrap();
        assert_eq!((prices.len(), error.failure_type(), error.message()), (before, kind, message));
        assert_eq!(service.asked(), ["GET /prices"]);
    }
}

#[test]
fn a_link_leads_on_at_the_origin_of_the_first() {
    let next = |url: &str| format!("Link: <{url}>; rel=\"next\", </issues?page=9>; rel=\"last\"");
    let service = Service::start([
        answer(200, &next("https://other.example/issues?page=2"), json!([{"title": "a"}])),
        // Nothing on a page, and yet it is not the last.
        answer(200, &next("?page=3"), "[]"),
        answer(200, "Link: </issues>; rel=\"first\"", json!([{"title": "b"}])),
    ]);
    let (issues, error) = until_error(linked_elements::issues(&http(), &service.url).unwrap());
    assert!(error.is_none(), "{error:?}");
    assert_eq!(issues.iter().map(|issue| &issue.title[..]).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(service.asked(), ["GET /issues?per_page=100", "GET /issues?page=2", "GET /issues?page=3"]);
}

#[test]
fn a_link_to_a_page_that_was_there_is_an_error() {
    let link = |page| format!("Link: </issues?page={page}>; rel=\"next\"");
    let service = Service::start([
        answer(200, &link(2), json!([{"title": "a"}])),
        answer(200, &link(3), json!([{"title": "b"}])),
        answer(200, &link(2), json!([{"title": "c"}])),
    ]);
    let (issues, error) = until_error(linked_elements::issues(&http(), &service.url).unwrap());
    assert_eq!(issues.len(), 3);
    let said = "the pages of the answer go round in a circle: page 3 names page 2 as the next";
    assert_eq!(error.unwrap().message(), said);
    assert_eq!(service.asked().len(), 3);
}

#[test]
fn a_token_in_a_header_is_sent_back_once() {
    let page = |header: &str, id: u64| answer(200, header, json!({"visits": [{"id": id}]}));
    let service = Service::start([page("x-next-cursor: c-1", 1), page("X-Next-Cursor: c=2", 2), page("", 3)]);
    let (visits, error) = until_error(elements_by_header::visits(&http(), &service.url).unwrap());
    assert!(error.is_none(), "{error:?}");
    assert_eq!(visits.iter().map(|visit| visit.id).collect::<Vec<_>>(), [1, 2, 3]);
    let first = "GET /visits?limit=5000";
    assert_eq!(service.asked(), [first, &format!("{first}&cursor=c-1"), &format!("{first}&cursor=c%3D2")]);

    let service = Service::start([page("x-next-cursor: c-1", 1), page("x-next-cursor: c-1", 2)]);
    let (visits, error) = until_error(elements_by_header::visits(&http(), &service.url).unwrap());
    assert_eq!(visits.len(), 2);
    assert!(error.unwrap().message().ends_with("page 2 names page 2 as the next"));
    assert_eq!(service.asked().len(), 2);
}

#[test]
fn numbers_count_up_to_a_page_without_elements() {
    // Less than a page is not the end.
    let service = Service::start([
        list("visits", &[1, 2, 3]),
        list("visits", &[4]),
        list("visits", &[5, 6]),
        good(json!({"visits": null})),
    ]);
    let (visits, error) = until_error(numbered_elements::visits(&http(), &service.url).unwrap());
    assert!(error.is_none(), "{error:?}");
    assert_eq!(visits.iter().map(|visit| visit.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    let page = |number| format!("GET /visits?per_page=5000&page={number}");
    assert_eq!(service.asked(), [page(1), page(2), page(3), page(4)]);
}

/// Otherwise trouble that is told in a good answer, or a path that is misspelt, would pass for a good end.
#[test]
fn a_page_without_the_array_is_no_end() {
    let service = Service::start([list("visits", &[1]), good(json!({"error": "busy"}))]);
    let (visits, error) = until_error(numbered_elements::visits(&http(), &service.url).unwrap());
    assert_eq!(visits.len(), 1);
    assert!(error.unwrap().message().ends_with("answered with an error in place of `visits`: \"busy\""));
}

#[test]
fn a_page_that_comes_once_more_is_an_error() {
    let service = Service::start([list("visits", &[1]), list("visits", &[2]), list("visits", &[2])]);
    let (visits, error) = until_error(numbered_elements::visits(&http(), &service.url).unwrap());
    assert_eq!(visits.len(), 3);
    assert!(error.unwrap().message().contains("page 3 of the answer is page 2 once more"));
    assert_eq!(service.asked().len(), 3);
}

/// Elements that are alike make no page that is.
#[test]
fn a_page_is_known_by_what_stands_around_its_elements_too() {
    let page = |number: u64| good(json!({"page": number, "visits": [{"id": 1}]}));
    let service = Service::start([page(1), page(2), good(json!({"page": 3, "visits": []}))]);
    let (visits, error) = until_error(numbered_elements::visits(&http(), &service.url).unwrap());
    assert!(error.is_none(), "{error:?}");
    assert_eq!(visits.len(), 2);
}

#[test]
fn pages_are_counted_up_to_a_maximum() {
    let service = Service::start([list("visits", &[1]), list("visits", &[2]), list("visits", &[])]);
    let request = http().base_url(&service.url).get("/visits");
    let visits = request.numbered_elements::<Value>("visits", "page", 0).max_pages(1);
    let (visits, error) = until_error(visits);
    assert_eq!(visits, [json!({"id": 1})]);
    assert_eq!(error.unwrap().message(), "the answer has more than 1 pages");
    assert_eq!(service.asked(), ["GET /visits?page=0"]);
}

#[test]
fn an_offset_counts_the_elements_that_came() {
    let service = Service::start([
        list("orders", &[1, 2]),
        list("orders", &[3]),
        list("orders", &[4, 5]),
        list("orders", &[]),
    ]);
    let (orders, error) = until_error(offset_elements::orders(&http(), &service.url).unwrap());
    assert!(error.is_none(), "{error:?}");
    assert_eq!(orders.iter().map(|order| order.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let page = |offset| format!("GET /orders?limit=5000&offset={offset}");
    assert_eq!(service.asked(), [page(0), page(2), page(3), page(5)]);
}

#[test]
fn an_offset_is_not_counted_on_after_a_page_that_lacks_some() {
    let service = Service::start([good(json!({"count": 3, "orders": [{"id": 1}, {"id": 2}]}))]);
    let (orders, error) = until_error(offset_elements::orders(&http(), &service.url).unwrap());
    assert_eq!(orders.len(), 2);
    assert!(error.unwrap().message().contains("says that it has 3 records, and has 2"));
    assert_eq!(service.asked().len(), 1);
}

/// A page of orders, and where the next one begins.
fn graphql_page(ids: &[u64], next: Option<&str>) -> Answer {
    let nodes: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
    let info = json!({"endCursor": next, "hasNextPage": next.is_some()});
    good(json!({"data": {"orders": {"nodes": nodes, "pageInfo": info}}}))
}

#[test]
fn a_cursor_goes_into_the_variables_of_a_query() {
    let service = Service::start([graphql_page(&[1, 2], Some("c\"1")), graphql_page(&[3], None)]);
    let (orders, error) = until_error(graphql::orders(&http(), &service.url, "paid").unwrap());
    assert!(error.is_none(), "{error:?}");
    assert_eq!(orders.iter().map(|order| order.id).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(service.asked(), ["POST /graphql"; 2]);
    let sent: Vec<Value> = service.requests().iter().map(|request| request.json()).collect();
    assert_eq!(sent[0]["variables"], json!({"status": "paid"}));
    assert_eq!(sent[1]["variables"], json!({"status": "paid", "after": "c\"1"}));
    assert_eq!(sent[0]["query"], sent[1]["query"]);
}

#[test]
fn a_cursor_that_comes_again_and_an_error_end_a_query() {
    let circle = "page 3 names page 2 as the next";
    let refused = r#"{"data": null, "errors": [{"message": "out of credits", "path": ["orders"]}]}"#;
    for (last, count, said) in
        [(graphql_page(&[3], Some("a")), 3, circle), (good(refused), 2, "out of credits")]
    {
        let service = Service::start([graphql_page(&[1], Some("a")), graphql_page(&[2], Some("b")), last]);
        let (orders, error) = until_error(graphql::orders(&http(), &service.url, "paid").unwrap());
        let error = error.unwrap();
        assert!(error.message().contains(said), "{error}");
        assert_eq!((orders.len(), service.asked().len()), (count, 3));
    }
}
