//! Page after page: what is asked for, in which order, and when it ends.

use crate::recipes::{
    link_header, next_url, offsets, page_numbers, post_search, token_in_a_header, token_in_the_body,
};
use crate::service::{Service, answer, good, header};
use airbyte_sdk::http::NextPage;
use airbyte_sdk::protocol::FailureType;
use airbyte_sdk::testing::http;
use serde_json::{Value, json};

#[test]
fn a_next_url_is_followed_at_the_origin_of_the_first() {
    let service = Service::start([
        good(json!({"orders": [{"id": 1}], "next": "https://other.example/orders?page=2&x=a%26b"})),
        good(json!({"orders": [{"id": 2}], "next": "/orders?page=3"})),
        good(json!({"orders": [], "next": null})),
    ]);
    let orders = next_url::orders(&http(), &service.url).unwrap();
    assert_eq!(orders.iter().map(|order| order.id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(service.asked(), ["GET /orders", "GET /orders?page=2&x=a%26b", "GET /orders?page=3"]);
}

#[test]
fn a_link_header_is_followed_until_it_names_no_next() {
    let service = Service::start([
        answer(
            200,
            "Link: </issues?per_page=100&page=2>; rel=\"next\", </issues?page=9>; rel=\"last\"",
            json!([{"title": "a"}]),
        ),
        answer(200, "Link: </issues>; rel=\"first\"", json!([{"title": "b"}])),
    ]);
    let issues = link_header::issues(&http(), &service.url).unwrap();
    assert_eq!(issues.iter().map(|issue| &issue.title[..]).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(service.asked(), ["GET /issues?per_page=100", "GET /issues?per_page=100&page=2"]);
}

#[test]
fn a_token_takes_the_place_of_the_one_before() {
    let service = Service::start([
        good(json!({"orders": [{"id": 1}], "next_token": "a=/+"})),
        good(json!({"orders": [{"id": 2}], "next_token": "b"})),
        good(json!({"orders": [{"id": 3}], "next_token": ""})),
    ]);
    let orders = token_in_the_body::orders(&http(), &service.url).unwrap();
    assert_eq!(orders.iter().map(|order| order.id).collect::<Vec<_>>(), [1, 2, 3]);
    let first = "GET /orders?status=paid%20%26%20sent";
    assert_eq!(
        service.asked(),
        [first, &format!("{first}&page_token=a%3D%2F%2B"), &format!("{first}&page_token=b")]
    );
}

#[test]
fn a_token_in_a_header_is_sent_back() {
    let service = Service::start([
        answer(200, "x-next-cursor: c-1", json!([{"id": 1}, {"id": 2}])),
        good(json!([{"id": 3}])),
    ]);
    let visits = token_in_a_header::visits(&http(), &service.url).unwrap();
    assert_eq!(visits.iter().map(|visit| visit.id).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(service.asked(), ["GET /visits?limit=2", "GET /visits?limit=2&cursor=c-1"]);
}

#[test]
fn numbers_count_up_to_a_page_without_records() {
    let service = Service::start([
        good(json!([{"id": 1}, {"id": 2}])),
        // Less than a page is not the end: some services leave out what was deleted.
        good(json!([{"id": 3}])),
        good(json!([])),
    ]);
    let visits = page_numbers::visits(&http(), &service.url).unwrap();
    assert_eq!(visits.iter().map(|visit| visit.id).collect::<Vec<_>>(), [1, 2, 3]);
    let page = |number| format!("GET /visits?per_page=2&page={number}");
    assert_eq!(service.asked(), [page(1), page(2), page(3)]);
}

#[test]
fn a_service_that_does_not_know_the_number_is_an_error() {
    let service = Service::start([good(json!([{"id": 1}])), good(json!([{"id": 1}]))]);
    let error = page_numbers::visits(&http(), &service.url).err().unwrap();
    assert!(error.message().contains("page 2 of the answer is page 1 once more"), "{error}");
    assert_eq!(service.asked().len(), 2);
}

#[test]
fn an_offset_counts_the_records_that_came() {
    let orders =
        |ids: &[u64]| good(json!({"orders": ids.iter().map(|id| json!({"id": id})).collect::<Vec<Value>>()}));
    let service = Service::start([orders(&[1, 2]), orders(&[3]), orders(&[4, 5]), orders(&[])]);
    let orders = offsets::orders(&http(), &service.url).unwrap();
    assert_eq!(orders.iter().map(|order| order.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let page = |offset| format!("GET /orders?limit=2&offset={offset}");
    assert_eq!(service.asked(), [page(0), page(2), page(3), page(5)]);
}

#[test]
fn a_search_sends_the_token_in_its_body() {
    let service = Service::start([
        good(json!({"orders": [1, 2], "after": "x"})),
        // Nothing on a page, and yet it is not the last.
        good(json!({"orders": [], "after": "y"})),
        good(json!({"orders": [3], "after": null})),
    ]);
    assert_eq!(post_search::search(&http(), &service.url, "paid").unwrap(), [1, 2, 3]);
    assert_eq!(service.asked(), ["POST /orders/search"; 3]);
    let bodies = [
        r#"{"filter":{"status":"paid"}}"#,
        r#"{"filter":{"status":"paid"},"after":"x"}"#,
        r#"{"filter":{"status":"paid"},"after":"y"}"#,
    ];
    for (request, body) in service.requests().iter().zip(bodies) {
        assert_eq!(header(request, "Content-Type"), "application/json");
        assert_eq!(request.text(), body);
    }
}

#[test]
fn a_search_that_does_not_go_on_is_an_error() {
    let page = || good(json!({"orders": [1], "after": "x"}));
    let service = Service::start([page(), page()]);
    let error = post_search::search(&http(), &service.url, "paid").unwrap_err();
    assert_eq!(
        error.message(),
        "the pages of the answer go round in a circle: page 2 names page 2 as the next"
    );
    assert_eq!(service.asked().len(), 2);
}

/// The page that names a next one is whole, and so it is handed out.
#[test]
fn a_token_without_a_place_in_the_body_is_the_authors_mistake() {
    let next = |path: &'static str| move |_: &Value| Some(NextPage::body_field(path, "x"));
    let end =
        |error: &str| format!("the next page cannot be asked for by `a.b` in the request's body: {error}");
    for (body, said) in [
        (None, "the request has none"),
        (Some(json!([1])), "it is a list, not an object"),
        (Some(json!({"a": 5})), "`a` is a number there, not an object"),
    ] {
        let service = Service::start([good("[1]")]);
        let mut request = http().post(&service.url);
        if let Some(body) = body {
            request = request.json_body(&body).unwrap();
        }
        let mut pages = request.pages(next("a.b"));
        assert_eq!(pages.next().unwrap().unwrap(), json!([1]));
        let error = pages.next().unwrap().unwrap_err();
        assert_eq!((error.failure_type(), error.message()), (FailureType::SystemError, &end(said)[..]));
        assert!(pages.next().is_none());
        assert_eq!(service.asked().len(), 1);
    }
}
