//! Incremental reads, partitions, and helpers that several streams share.

use crate::api::{Api, good};
use crate::ids;
use crate::recipes::{groups, incremental, partitions, product_partitions, shared_rows};
use airbyte_sdk::testing::{fetch, http};
use airbyte_sdk::{Date, Timestamp};
use serde_json::json;

#[test]
fn first_read_requests_everything_and_the_second_requests_from_the_cursor() {
    let order = |id: u64, time: &str| json!({"id": id, "updated_at": time});
    let page = |orders: &[_]| good(json!({"orders": orders}));
    let api = Api::start([
        page(&[order(1, "2026-11-19T08:00:00Z"), order(2, "2026-11-20T09:30:00Z")]),
        page(&[]),
        page(&[order(2, "2026-11-20T09:30:00Z"), order(3, "2026-11-20T09:30:00Z")]),
        page(&[]),
    ]);
    let config = incremental::Config { api_url: api.url.clone() };
    let first = fetch(|out| incremental::fetch(&config, None, out));
    assert_eq!(first.state, Some(json!({"updated_at": "2026-11-20T09:30:00Z"})));
    assert_eq!(ids(&first.unwrap()), [1, 2]);
    let since: Timestamp = "2026-11-20T09:30:00Z".parse().unwrap();
    let second = fetch(|out| incremental::fetch(&config, Some(since), out));
    assert_eq!(ids(&second.unwrap()), [2, 3]);
    let from = "&updated_at_min=2026-11-20T09%3A30%3A00Z";
    let pages = |from| [1, 2].map(|page| format!("GET /orders?sort=updated_at{from}&page={page}"));
    assert_eq!(api.requested(), [pages(""), pages(from)].concat());
}

#[test]
fn each_part_of_a_partition_is_in_the_request_and_in_the_record() {
    let api = Api::start([good(json!(["Bergen", "Oslo"])), good(json!([{"day": "2026-11-19"}]))]);
    let regions = vec!["east".to_owned(), "west".to_owned()];
    let config = product_partitions::Config { api_url: api.url.clone(), regions };
    let reports = product_partitions::reports(&config, &http()).unwrap();
    let names = reports.iter().map(ToString::to_string).collect::<Vec<_>>();
    let expected =
        [r#"["Bergen","east"]"#, r#"["Bergen","west"]"#, r#"["Oslo","east"]"#, r#"["Oslo","west"]"#];
    assert_eq!(names, expected);
    let since = Some(Date::constant(2026, 11, 19));
    let sales = fetch(|out| product_partitions::fetch(&config, &reports[1], since, out)).unwrap();
    assert_eq!(sales, [json!({"shop": "Bergen", "region": "west", "day": "2026-11-19"})]);
    assert_eq!(api.requested()[1], "GET /sales?shop=Bergen&region=west&from=2026-11-19");
}

#[test]
fn partition_is_part_of_the_request_and_of_the_record() {
    let api = Api::start([
        good(json!(["Bergen", "Oslo"])),
        good(json!([{"day": "2026-11-19", "amount": 1.5}])),
        good("[]"),
    ]);
    let config = partitions::Config { api_url: api.url.clone() };
    let shops = partitions::shops(&config, &http()).unwrap();
    assert_eq!(shops, ["Bergen", "Oslo"]);
    let since = Some(Date::constant(2026, 11, 19));
    let sales = fetch(|out| partitions::fetch(&config, &shops[0], since, out)).unwrap();
    assert_eq!(sales, [json!({"shop": "Bergen", "day": "2026-11-19", "amount": 1.5})]);
    assert!(fetch(|out| partitions::fetch(&config, &shops[1], None, out)).unwrap().is_empty());
    assert_eq!(
        api.requested(),
        ["GET /shops", "GET /sales?shop=Bergen&from=2026-11-19", "GET /sales?shop=Oslo"]
    );
}

#[test]
fn all_ids_of_a_group_are_in_one_request() {
    let ad = |id: u64| json!({"id": id, "updated_at": "2026-11-19T08:00:00Z"});
    let api = Api::start([good(json!([7, 8, 9])), good(json!([ad(7), ad(9)])), good("[]")]);
    let config = groups::Config { api_url: api.url.clone() };
    let listed = groups::ids(&config, &http()).unwrap();
    assert_eq!(ids(&fetch(|out| groups::fetch(&config, &listed, None, out)).unwrap()), [7, 9]);
    let since: Timestamp = "2026-11-19T08:00:00Z".parse().unwrap();
    assert!(fetch(|out| groups::fetch(&config, &listed[1..], Some(since), out)).unwrap().is_empty());
    let second = "GET /ads?ids=8%2C9&updated_since=2026-11-19T08%3A00%3A00Z&sort=updated_at";
    assert_eq!(api.requested(), ["GET /ad-ids", "GET /ads?ids=7%2C8%2C9&sort=updated_at", second]);
}

#[test]
fn streams_share_a_generic_helper() {
    let api = Api::start([
        good(json!({"rows": [{"id": 1, "address": {"city": "Oslo"}}], "after": "t-2"})),
        good(json!({"rows": [{"id": 2, "address": null}], "after": null})),
        good(json!({"rows": [{"id": 7, "total": 1.5}]})),
    ]);
    let config = shared_rows::Config { api_url: api.url.clone() };
    let customers = fetch(|out| shared_rows::customers(&config, out)).unwrap();
    assert_eq!(customers, [json!({"id": 1, "address": {"city": "Oslo"}}), json!({"id": 2, "address": null})]);
    assert_eq!(fetch(|out| shared_rows::invoices(&config, out)).unwrap(), [json!({"id": 7, "total": 1.5})]);
    assert_eq!(
        api.requested(),
        ["GET /tables/customers", "GET /tables/customers?after=t-2", "GET /tables/invoices"]
    );
}
