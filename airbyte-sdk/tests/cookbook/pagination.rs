//! Each pagination against a mock API: which requests are sent, in which order, and when it ends.

use crate::api::{Api, Response, good, header, response};
use crate::ids;
use crate::recipes::{
    checked_pages, graphql, header_token, link_header, next_url, offset, page_number, post_search, token,
    whole_pages,
};
use airbyte_sdk::protocol::FailureType;
use serde_json::{Value, json};

/// Returns a page of objects with these ids, in an array of this name.
pub(crate) fn list(name: &str, ids: impl IntoIterator<Item = u64>) -> Response {
    let elements: Vec<Value> = ids.into_iter().map(|id| json!({"id": id})).collect();
    good(json!({(name): elements}))
}

#[test]
fn next_url_is_followed_at_the_origin_of_the_first_page() {
    let api = Api::start([
        good(json!({"orders": [{"id": 1}], "next": "https://other.example/orders?page=2&x=a%26b"})),
        good(json!({"orders": [{"id": 2}], "next": "/orders?page=3"})),
        good(json!({"orders": [], "next": null})),
    ]);
    let (orders, end) = read!(next_url, api);
    end.unwrap();
    assert_eq!(ids(&orders), [1, 2]);
    assert_eq!(api.requested(), ["GET /orders", "GET /orders?page=2&x=a%26b", "GET /orders?page=3"]);
}

#[test]
fn link_header_is_followed_until_it_names_no_next_page() {
    let next = |url: &str| format!("Link: <{url}>; rel=\"next\", </issues?page=9>; rel=\"last\"");
    let api = Api::start([
        response(200, &next("https://other.example/issues?page=2"), json!([{"title": "a"}])),
        // No records, and yet not the last page.
        response(200, &next("?page=3"), "[]"),
        response(200, "Link: </issues>; rel=\"first\"", json!([{"title": "b"}])),
    ]);
    let (issues, end) = read!(link_header, api);
    end.unwrap();
    assert_eq!(issues, [json!({"title": "a"}), json!({"title": "b"})]);
    assert_eq!(api.requested(), ["GET /issues?per_page=100", "GET /issues?page=2", "GET /issues?page=3"]);
}

#[test]
fn token_replaces_the_one_before() {
    let api = Api::start([
        good(json!({"orders": [{"id": 1}], "next_token": "a=/+"})),
        good(json!({"orders": [{"id": 2}], "next_token": "b"})),
        good(json!({"orders": [{"id": 3}], "next_token": ""})),
    ]);
    let (orders, end) = read!(token, api);
    end.unwrap();
    assert_eq!(ids(&orders), [1, 2, 3]);
    let first = "GET /orders?status=paid%20%26%20sent";
    let second = format!("{first}&page_token=a%3D%2F%2B");
    assert_eq!(api.requested(), [first, &second, &format!("{first}&page_token=b")]);
}

#[test]
fn token_in_a_header_is_sent_in_the_query() {
    let page = |header: &str, id: u64| response(200, header, json!({"visits": [{"id": id}]}));
    let api = Api::start([page("x-next-cursor: c-1", 1), page("X-Next-Cursor: c=2", 2), page("", 3)]);
    let (visits, end) = read!(header_token, api);
    end.unwrap();
    assert_eq!(ids(&visits), [1, 2, 3]);
    let first = "GET /visits?limit=5000";
    assert_eq!(api.requested(), [first, &format!("{first}&cursor=c-1"), &format!("{first}&cursor=c%3D2")]);
}

#[test]
fn page_numbers_count_up_to_a_page_that_is_shorter_than_the_first() {
    // The API returns 3 records per page, regardless of the requested size.
    let api = Api::start(
        [[1, 2, 3], [4, 5, 6]].map(|ids| list("visits", ids)).into_iter().chain([list("visits", [7])]),
    );
    let (visits, end) = read!(page_number, api);
    end.unwrap();
    assert_eq!(ids(&visits), [1, 2, 3, 4, 5, 6, 7]);
    let page = |number| format!("GET /visits?per_page=100&page={number}");
    assert_eq!(api.requested(), [page(1), page(2), page(3)]);
}

#[test]
fn single_page_is_checked_by_one_more_request() {
    let api = Api::start([list("visits", [1, 2]), list("visits", [])]);
    let (visits, end) = read!(page_number, api);
    end.unwrap();
    assert_eq!((ids(&visits), api.requested().len()), (vec![1, 2], 2));
    let api = Api::start([good(json!({"visits": null}))]);
    assert_eq!((read!(page_number, api).0, api.requested().len()), (vec![], 1));
}

#[test]
fn offset_counts_the_records_that_arrived() {
    let api = Api::start([vec![1, 2], vec![3], vec![4, 5], vec![]].map(|ids| list("orders", ids)));
    let (orders, end) = read!(offset, api);
    end.unwrap();
    assert_eq!(ids(&orders), [1, 2, 3, 4, 5]);
    let page = |offset| format!("GET /orders?limit=100&offset={offset}");
    assert_eq!(api.requested(), [page(0), page(2), page(3), page(5)]);
}

#[test]
fn search_sends_the_token_in_its_body() {
    let api = Api::start([
        good(json!({"orders": [{"id": 1}, {"id": 2}], "after": "x"})),
        good(json!({"orders": [], "after": "y"})),
        good(json!({"orders": [{"id": 3}], "after": null})),
    ]);
    let (orders, end) = read!(post_search, api);
    end.unwrap();
    assert_eq!(ids(&orders), [1, 2, 3]);
    assert_eq!(api.requested(), ["POST /orders/search"; 3]);
    let bodies = [
        r#"{"filter":{"status":"paid"}}"#,
        r#"{"filter":{"status":"paid"},"after":"x"}"#,
        r#"{"filter":{"status":"paid"},"after":"y"}"#,
    ];
    for (request, body) in api.requests().iter().zip(bodies) {
        assert_eq!(header(request, "Content-Type"), "application/json");
        assert_eq!(request.text(), body);
    }
}

/// Returns a page of orders, and where the next one begins.
fn graphql_page(ids: &[u64], next: Option<&str>) -> Response {
    let nodes: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
    let info = json!({"endCursor": next, "hasNextPage": next.is_some()});
    good(json!({"data": {"orders": {"nodes": nodes, "pageInfo": info}}}))
}

#[test]
fn cursor_goes_into_the_variables_of_a_query() {
    let api = Api::start([graphql_page(&[1, 2], Some("c\"1")), graphql_page(&[3], None)]);
    let (orders, end) = read!(graphql, api);
    end.unwrap();
    assert_eq!(ids(&orders), [1, 2, 3]);
    assert_eq!(api.requested(), ["POST /graphql"; 2]);
    let sent: Vec<Value> = api.requests().iter().map(|request| request.json()).collect();
    assert_eq!(sent[0]["variables"], json!({"status": "paid"}));
    assert_eq!(sent[1]["variables"], json!({"status": "paid", "after": "c\"1"}));
    assert_eq!(sent[0]["query"], sent[1]["query"]);
}

#[test]
fn repeated_cursor_and_reported_error_end_a_query() {
    let repeated = "page 3 links back to page 2";
    let refused = r#"{"data": null, "errors": [{"message": "out of credits", "path": ["orders"]}]}"#;
    let info = json!({"endCursor": null, "hasNextPage": false});
    let partial = json!({
        "data": {"orders": {"nodes": [{"id": 3}], "pageInfo": info}},
        "errors": [{"message": "a shard is down"}],
    });
    for (last, count, said) in [
        (graphql_page(&[3], Some("a")), 3, repeated),
        (good(refused), 2, "out of credits"),
        (good(partial), 3, "a shard is down"),
    ] {
        let api = Api::start([graphql_page(&[1], Some("a")), graphql_page(&[2], Some("b")), last]);
        let (orders, end) = read!(graphql, api);
        let error = end.unwrap_err();
        assert!(error.message().contains(said), "{error}");
        assert_eq!((orders.len(), api.requested().len()), (count, 3));
    }
}

#[test]
fn page_is_checked_before_and_after_its_elements() {
    let page = |currency, count, next: Option<&str>| {
        let prices = json!([{"product": 1, "euros": 1.5}]);
        // `json!` would sort the keys.
        let next = json!(next);
        good(format!(r#"{{"currency": "{currency}", "prices": {prices}, "count": {count}, "next": {next}}}"#))
    };
    let api = Api::start([page("EUR", 1, Some("t-1")), page("EUR", 1, None)]);
    let (prices, end) = read!(checked_pages, api);
    end.unwrap();
    assert_eq!(prices.len(), 2);
    assert_eq!(api.requested(), ["GET /prices", "GET /prices?after=t-1"]);
    for (response, before, kind, message) in [
        (page("CHF", 1, None), 0, FailureType::ConfigError, "the prices are in CHF, not in euros"),
        (page("EUR", 2, None), 1, FailureType::TransientError, "a page announced 2 records but contained 1"),
    ] {
        let api = Api::start([response]);
        let (prices, end) = read!(checked_pages, api);
        let error = end.unwrap_err();
        assert_eq!((prices.len(), error.failure_type(), error.message()), (before, kind, message));
        assert_eq!(api.requested(), ["GET /prices"]);
    }
}

#[test]
fn whole_pages_are_paginated_in_the_same_way() {
    let page =
        |hours: &[u64]| good(json!({"station": "Bergen", "hours": hours, "celsius": vec![1.5; hours.len()]}));
    let api = Api::start([page(&[1, 2]), page(&[3, 4]), page(&[5])]);
    let (temperatures, end) = read!(whole_pages, api);
    end.unwrap();
    let hours: Vec<_> = temperatures.iter().map(|record| record["hour"].as_u64().unwrap()).collect();
    assert_eq!(hours, [1, 2, 3, 4, 5]);
    let page = |number| format!("GET /temperatures?size=24&page={number}");
    assert_eq!(api.requested(), [page(0), page(1), page(2)]);
}
