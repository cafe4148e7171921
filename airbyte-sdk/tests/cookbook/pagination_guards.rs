//! What keeps a pagination from losing records, and from reading forever.

use crate::api::{Api, good, response};
use crate::pagination::list;
use crate::reading::until_error;
use crate::recipes::{link_header, next_url, page_number, post_search, whole_pages};
use airbyte_sdk::http::{NextPage, Pagination};
use airbyte_sdk::protocol::FailureType;
use airbyte_sdk::testing::http;
use serde_json::{Value, json};

/// Returns an API with this many records, which returns `cap` of them per page, or the requested number if that is
/// smaller. It finds a page by its number, from 1 on, or by `offset`.
fn capped(total: u64, cap: u64) -> Api {
    Api::responding(move |request| {
        let parameter = |name: &str| -> Option<u64> { request.query(name)?.parse().ok() };
        let size = parameter("size").unwrap_or(cap).min(cap);
        let first = parameter("offset").unwrap_or_else(|| (parameter("page").unwrap_or(1) - 1) * size);
        list("rows", (first..total).take(usize::try_from(size).unwrap_or_default()))
    })
}

/// The guarantee of `page_size`: every record is read exactly once, with one extra request at most.
#[test]
fn page_size_reads_every_record_once_whatever_the_api_makes_of_the_size() {
    for (asked, cap) in [(1, 1), (2, 1), (2, 9), (3, 2), (4, 4), (7, 3), (9, 20)] {
        for total in [0, 1, 2, 3, 4, 6, 7, 8, 9, 12, 13] {
            let all: Vec<u64> = (0..total).collect();
            let needed = usize::try_from(total.div_ceil(asked.min(cap)).max(1)).unwrap();
            let case = format!("asked {asked}, cap {cap}, total {total}");
            let id = |row: &Value| row["id"].as_u64().unwrap();
            for pagination in [Pagination::page_number("page", 1), Pagination::offset("offset")] {
                let api = capped(total, cap);
                let rows = http().base_url(&api.url).get("/").elements::<Value>("rows");
                let (rows, error) =
                    until_error(rows.paginate(pagination.page_size("size", u32::try_from(asked).unwrap())));
                assert!(error.is_none(), "{case}: {error:?}");
                assert_eq!(rows.iter().map(id).collect::<Vec<_>>(), all, "{case}");
                let requests = api.requested().len();
                assert!((needed..=needed + 1).contains(&requests), "{case}: {requests}");
            }
            let api = capped(total, cap);
            let count = |page: &Value| page["rows"].as_array().unwrap().len();
            let pagination =
                Pagination::offset("offset").page_size("size", u32::try_from(asked).unwrap()).records(count);
            let (pages, error) = until_error(http().base_url(&api.url).get("/").pages(pagination));
            assert!(error.is_none(), "{case}: {error:?}");
            let rows = pages.iter().flat_map(|page| page["rows"].as_array().unwrap());
            assert_eq!(rows.map(id).collect::<Vec<_>>(), all, "{case}");
            assert!((needed..=needed + 1).contains(&api.requested().len()), "{case}");
        }
    }
}

#[test]
fn trusted_page_size_ends_at_a_short_page_of_an_unusual_length() {
    for (total, cap, requests) in [(37, 100, 1), (50, 100, 2), (50, 20, 3), (137, 100, 2), (0, 100, 1)] {
        let api = capped(total, cap);
        let rows = http().base_url(&api.url).get("/").elements::<Value>("rows");
        let rows = rows.paginate(Pagination::page_number("page", 1).trusted_page_size("size", 100));
        assert_eq!(until_error(rows).0.len() as u64, total);
        assert_eq!(api.requested().len(), requests, "{total}, {cap}");
    }
}

/// An API may omit deleted records from a page.
#[test]
fn without_page_size_a_short_page_is_not_the_last() {
    let api = Api::start([list("rows", [1, 2]), list("rows", [3]), list("rows", [4, 5]), list("rows", [])]);
    let rows = http().base_url(&api.url).get("/").elements::<Value>("rows");
    let (rows, error) = until_error(rows.paginate(Pagination::page_number("page", 0)));
    assert!(error.is_none(), "{error:?}");
    assert_eq!((rows.len(), api.requested().len()), (5, 4));
}

#[test]
fn link_to_an_earlier_page_is_an_error() {
    let link = |page| format!("Link: </issues?page={page}>; rel=\"next\"");
    let api = Api::start([
        response(200, &link(2), json!([{"title": "a"}])),
        response(200, &link(3), json!([{"title": "b"}])),
        response(200, &link(2), json!([{"title": "c"}])),
    ]);
    let (issues, end) = read!(link_header, api);
    assert_eq!(issues.len(), 3);
    assert_eq!(end.unwrap_err().message(), "pagination loop: page 3 links back to page 2");
    assert_eq!(api.requested().len(), 3);
}

#[test]
fn token_that_does_not_change_is_an_error() {
    let page = || good(json!({"orders": [{"id": 1}], "after": "x"}));
    let api = Api::start([page(), page()]);
    let (orders, end) = read!(post_search, api);
    assert_eq!((orders.len(), api.requested().len()), (2, 2));
    assert_eq!(end.unwrap_err().message(), "pagination loop: page 2 links back to page 2");
}

#[test]
fn same_elements_under_new_links_are_an_error_after_a_few_pages() {
    // Ends after 50 pages, so a broken guard does not hang the test.
    let endless = || {
        Api::responding(|request| {
            let page: u64 = request.query("page").and_then(|page| page.parse().ok()).unwrap_or(1);
            let next = (page < 50).then(|| format!("/orders?page={}", page + 1));
            good(json!({"orders": [{"id": 1}, {"id": 2}], "next": next}))
        })
    };
    let api = endless();
    let (orders, end) = read!(next_url, api);
    let error = end.unwrap_err();
    assert!(error.message().starts_with("pages 3 to 6 have the same elements: "), "{error}");
    assert_eq!((orders.len(), api.requested().len()), (12, 6));
    // Unless that is legitimate.
    let api = endless();
    let orders = http().base_url(&api.url).get("/orders").elements::<Value>("orders");
    let next = Pagination::next_url(|page: &Value| page["next"].as_str().map(str::to_owned));
    let (_, error) = until_error(orders.paginate(next.allow_repeated_pages().max_pages(20)));
    assert_eq!(
        error.unwrap().message(),
        "pagination does not end within 20 pages; if the API has more, raise `Pagination::max_pages`"
    );
    assert_eq!(api.requested().len(), 20);
}

#[test]
fn api_that_ignores_the_page_number_is_an_error() {
    let api = Api::start([[1], [2], [2]].map(|ids| list("visits", ids)));
    let (visits, end) = read!(page_number, api);
    let error = end.unwrap_err();
    assert!(
        error.message().starts_with("page 3 is identical to page 2: pagination does not advance."),
        "{error}"
    );
    assert_eq!((visits.len(), api.requested().len()), (3, 3));
    let page = || good(json!({"station": "Bergen", "hours": [1], "celsius": [1.5]}));
    let api = Api::start([page(), page()]);
    let (temperatures, end) = read!(whole_pages, api);
    assert!(end.unwrap_err().message().starts_with("page 2 is identical to page 1"));
    assert_eq!((temperatures.len(), api.requested().len()), (1, 2));
}

#[test]
fn pages_with_equal_elements_differ_by_what_is_around_them() {
    let page = |number: u64| good(json!({"page": number, "visits": [{"id": 1}]}));
    let api = Api::start([page(1), page(2), good(json!({"page": 3, "visits": []}))]);
    let (visits, end) = read!(page_number, api);
    end.unwrap();
    assert_eq!(visits.len(), 2);
}

/// Otherwise an error reported with status 200, or a misspelled path, would pass for the end.
#[test]
fn page_without_the_array_is_not_the_end() {
    let api = Api::start([list("visits", [1]), good(json!({"error": "busy"}))]);
    let (visits, end) = read!(page_number, api);
    assert_eq!(visits.len(), 1);
    assert!(end.unwrap_err().message().ends_with("has an error instead of the array `visits`: \"busy\""));
}

#[test]
fn page_after_the_maximum_is_an_error() {
    let api = Api::start([list("visits", [1]), list("visits", [2])]);
    let visits = http().base_url(&api.url).get("/visits").elements::<Value>("visits");
    let (visits, error) = until_error(visits.paginate(Pagination::page_number("page", 0).max_pages(1)));
    assert_eq!(visits, [json!({"id": 1})]);
    assert_eq!(
        error.unwrap().message(),
        "pagination does not end within 1 pages; if the API has more, raise `Pagination::max_pages`"
    );
    assert_eq!(api.requested(), ["GET /visits?page=0"]);
}

#[test]
fn offset_does_not_continue_after_an_incomplete_page() {
    let api = Api::start([good(json!({"count": 3, "orders": [{"id": 1}, {"id": 2}]}))]);
    let orders = http().base_url(&api.url).get("/orders").elements::<Value>("orders");
    let orders = orders.paginate(Pagination::offset("offset"));
    let (orders, error) = until_error(orders.verify_count(|page: &Value| page["count"].as_u64()));
    assert_eq!(orders.len(), 2);
    assert_eq!(error.unwrap().message(), "a page announced 3 records but contained 2");
    assert_eq!(api.requested().len(), 1);
}

#[test]
fn elements_of_a_request_that_was_sent_are_not_paginated() {
    let api = Api::start([list("orders", [1]), list("orders", [1])]);
    let request = http().base_url(&api.url).get("/orders");
    let sent = request.clone().send().unwrap().elements::<Value>("orders");
    let mut begun = request.elements::<Value>("orders");
    begun.preamble::<Value>().unwrap();
    for elements in [sent, begun] {
        let (none, error) = until_error(elements.paginate(Pagination::offset("offset")));
        let error = error.unwrap();
        assert_eq!((none.len(), error.failure_type()), (0, FailureType::SystemError));
        assert!(error.message().contains("sent before `paginate` was called"), "{error}");
    }
    assert_eq!(api.requested().len(), 2);
}

/// The page that names a next one is complete, so it is returned.
#[test]
fn token_without_a_place_in_the_body_is_an_error_after_the_page() {
    let end = |error: &str| format!("cannot set `a.b` in the request body for the next page: {error}");
    for (body, said) in [
        (None, "the request has no body"),
        (Some(json!([1])), "the body is an array, not an object"),
        (Some(json!({"a": 5})), "`a` is a number, not an object"),
    ] {
        let api = Api::start([good("[1]")]);
        let mut request = http().post(&api.url);
        if let Some(body) = body {
            request = request.json_body(&body).unwrap();
        }
        let next = |_: &Value| Some(NextPage::body_field("a.b", "x"));
        let mut pages = request.pages(Pagination::next_page(next));
        assert_eq!(pages.next().unwrap().unwrap(), json!([1]));
        let error = pages.next().unwrap().unwrap_err();
        assert_eq!((error.failure_type(), error.message()), (FailureType::SystemError, &end(said)[..]));
        assert!(pages.next().is_none());
        assert_eq!(api.requested().len(), 1);
    }
}
