//! Streams of children, read by a whole process.
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

use renamed_sdk::testing::conformance::Subject;
use renamed_sdk::testing::server::Response;
use renamed_sdk::testing::{Connector, Run, Server};
use serde_json::{Value, json};

fn since(request: &renamed_sdk::testing::server::Request) -> u64 {
    request.query("since").and_then(|since| since.parse().ok()).unwrap_or(0)
}

/// Three shops with two orders each, of two items and one payment each.
fn serve() -> Server {
    let server = Server::start();
    server.on("GET /shops").json(json!([{"id": 1}, {"id": 2}, {"id": 3}]));
    server.on("GET /shops/{shop}/orders").respond_with(|request| {
        let shop: u64 = request.parameter("shop").unwrap().parse().unwrap();
        let orders = (shop * 10 + 1..=shop * 10 + 2).filter(|id| *id >= since(request));
        Response::json(orders.map(|id| json!({"id": id})).collect())
    });
    server.on("GET /orders/{order}/items").respond_with(|request| {
        let order: u64 = request.parameter("order").unwrap().parse().unwrap();
        let items = (order * 10 + 1..=order * 10 + 2).filter(|id| *id >= since(request));
        Response::json(items.map(|id| json!({"id": id})).collect())
    });
    server.on("GET /orders/{order}/payments").respond_with(|request| {
        Response::json((1..=1).filter(|id| *id >= since(request)).map(|id| json!({"id": id})).collect())
    });
    server.on("GET /shops/{shop}/reviews").json(json!([{"id": 1}]));
    server
}

fn connector() -> Connector {
    Connector::new(env!("CARGO_BIN_EXE_children"))
}

fn read_with(config: &Value, streams: &[&str], state: Option<&Value>) -> Run {
    let connector = connector();
    let mut catalog = connector.discover(config).configured("incremental");
    let all = std::mem::take(catalog["streams"].as_array_mut().unwrap());
    let named = |name: &&str| all.iter().find(|entry| entry["stream"]["name"] == **name).unwrap().clone();
    catalog["streams"] = streams.iter().map(named).collect();
    connector.read(config, &catalog, state)
}

fn read(server: &Server, streams: &[&str], state: Option<&Value>) -> Run {
    read_with(&json!({"url": server.url()}), streams, state)
}

fn paths(server: &Server) -> Vec<String> {
    let mut paths: Vec<String> = server.requests().iter().map(|request| request.path().to_owned()).collect();
    paths.sort();
    paths
}

fn state_of(run: &Run, stream: &str) -> Value {
    let states = run.states();
    let mut states = states.iter().map(|state| &state["stream"]);
    states.rfind(|state| state["stream_descriptor"]["name"] == stream).unwrap()["stream_state"].clone()
}

#[test]
fn each_parent_is_fetched_once_for_all_levels() {
    let server = serve();
    let run = read(&server, &["items", "reviews", "orders", "shops"], None);
    assert_eq!(run.exit_code, Some(0), "{run}");
    let count = |stream: &str| run.records(stream).len();
    assert_eq!(["shops", "orders", "items", "reviews"].map(count), [3, 6, 12, 3], "{run}");
    for stream in ["shops", "orders", "items", "reviews"] {
        assert_eq!(run.statuses(stream), ["STARTED", "RUNNING", "COMPLETE"], "{run}");
    }
    // The shops, orders and reviews of three shops, the items of six orders.
    assert_eq!(paths(&server).len(), 1 + 3 + 3 + 6);
    let orders = json!({"partitions": {"1": {"id": 12}, "2": {"id": 22}, "3": {"id": 32}}});
    assert_eq!(state_of(&run, "orders"), orders, "{run}");
    assert_eq!(state_of(&run, "items")["partitions"]["[3,32]"], json!({"id": 322}), "{run}");
    assert_eq!(state_of(&run, "reviews"), json!({"partitions": {"1": {}, "2": {}, "3": {}}}), "{run}");
}

/// The platform fails a sync that sends messages of a stream that was not selected.
#[test]
fn parents_that_are_not_selected_are_read_silently() {
    for workers in [1, 4] {
        let server = serve();
        let run = read_with(&json!({"url": server.url(), "workers": workers}), &["items"], None);
        assert_eq!(run.exit_code, Some(0), "{run}");
        assert_eq!(run.records("items").len(), 12, "{run}");
        assert_eq!(paths(&server).len(), 1 + 3 + 6);
        for message in run.messages().iter().filter(|message| message["type"] != "LOG") {
            let text = message.to_string();
            assert!(!text.contains(r#""orders""#) && !text.contains(r#""shops""#), "{text}");
        }
    }
}

#[test]
fn each_parent_resumes_at_its_own_position() {
    let server = serve();
    let state = json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"},
        "stream_state": {"partitions": {"1": {"id": 12}, "3": {"id": 31}, "9": {"id": 99}}}}}]);
    let run = read(&server, &["orders"], Some(&state));
    assert_eq!(run.exit_code, Some(0), "{run}");
    let mut ids: Vec<u64> =
        run.records("orders").iter().map(|record| record["id"].as_u64().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, [12, 21, 22, 31, 32], "{run}");
    // The parent 9 no longer exists.
    let orders = json!({"partitions": {"1": {"id": 12}, "2": {"id": 22}, "3": {"id": 32}}});
    assert_eq!(state_of(&run, "orders"), orders, "{run}");
}

/// A parent that resumes has only its new records, and the children of the others may have changed.
#[test]
fn parent_that_resumes_is_read_again_for_its_children() {
    let server = serve();
    let first = read(&server, &["items", "orders"], None);
    let requests = server.requests().len();
    assert_eq!(requests, 1 + 3 + 6);
    let state = json!(first.final_state());
    let run = read(&server, &["items", "orders"], Some(&state));
    assert_eq!(run.exit_code, Some(0), "{run}");
    // The last one of each parent.
    assert_eq!((run.records("orders").len(), run.records("items").len()), (3, 6), "{run}");
    assert_eq!(state_of(&run, "items"), state_of(&first, "items"), "{run}");
    assert_eq!(server.requests().len() - requests, 1 + 3 + 3 + 6);
}

#[test]
fn only_parents_that_changed_are_visited() {
    for streams in [&["payments"][..], &["payments", "orders"]] {
        let server = serve();
        let first = read(&server, streams, None);
        assert_eq!(first.exit_code, Some(0), "{first}");
        assert_eq!(paths(&server).len(), 1 + 3 + 6);
        let orders = json!({"partitions": {"1": {"id": 12}, "2": {"id": 22}, "3": {"id": 32}}});
        assert_eq!(state_of(&first, "payments")["parent"], json!({"orders": orders}), "{first}");
        server.on("GET /shops/1/orders").json(json!([{"id": 12}, {"id": 13}]));
        let run = read(&server, streams, Some(&json!(first.final_state())));
        assert_eq!(run.exit_code, Some(0), "{run}");
        // The last order of each shop is read again, since `since` is inclusive. The orders are fetched once.
        let paths = &paths(&server)[..];
        let count = |end: &str| paths.iter().filter(|path| path.ends_with(end)).count();
        assert_eq!((count("/shops"), count("/orders"), count("/payments")), (2, 3 + 3, 6 + 4), "{run}");
        assert_eq!(state_of(&run, "payments")["parent"]["orders"]["partitions"]["1"], json!({"id": 13}));
        assert_eq!(state_of(&run, "payments")["partitions"].as_object().unwrap().len(), 7);
        assert!(streams.len() > 1 || !run.stdout.contains(r#""stream":"orders""#), "{run}");
    }
}

/// The items need all orders, the payments only those that changed.
#[test]
fn one_child_that_needs_all_parents_does_not_make_others_visit_all() {
    let server = serve();
    let streams = ["payments", "items", "orders"];
    let first = read(&server, &streams, None);
    assert_eq!(paths(&server).len(), 1 + 3 + 6 + 6);
    let run = read(&server, &streams, Some(&json!(first.final_state())));
    assert_eq!(run.exit_code, Some(0), "{run}");
    let paths = &paths(&server)[..];
    let count = |end: &str| paths.iter().filter(|path| path.ends_with(end)).count();
    assert_eq!((count("/shops"), count("/orders")), (2, 3 + 3 + 3), "{run}");
    assert_eq!((count("/items"), count("/payments")), (6 + 6, 6 + 3), "{run}");
    assert_eq!(state_of(&run, "payments"), state_of(&first, "payments"), "{run}");
}

/// The platform gives a state only to resume a refresh, but people who run a read by hand may give any.
#[test]
fn state_of_a_finished_full_refresh_is_not_silently_read_to_nothing() {
    let server = serve();
    let catalog = connector().discover(&json!({"url": server.url()})).configured("incremental");
    let reviews =
        catalog["streams"].as_array().unwrap().iter().find(|entry| entry["stream"]["name"] == "reviews");
    assert_eq!(reviews.unwrap()["sync_mode"], "full_refresh");
    let first = read(&server, &["reviews"], None);
    assert!(first.records("reviews").len() == 3 && !first.stdout.contains("nothing is read"), "{first}");
    let run = read(&server, &["reviews"], Some(&json!(first.final_state())));
    assert_eq!(run.records("reviews").len(), 0, "{run}");
    assert!(
        run.stdout.contains("reviews: nothing is read, because the given state is that of a finished"),
        "{run}"
    );
}

#[test]
fn failed_parent_makes_its_children_incomplete_and_discards_nothing() {
    for streams in [&["orders"][..], &["orders", "shops"]] {
        let server = Server::start();
        server.on("GET /shops").status(403);
        let state = json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"},
            "stream_state": {"partitions": {"1": {"id": 12}}}}}]);
        let run = read(&server, streams, Some(&state));
        assert_eq!(run.exit_code, Some(1), "{run}");
        for stream in streams {
            assert_eq!(run.statuses(stream).last().unwrap(), "INCOMPLETE", "{run}");
        }
        let errors = run.errors();
        let error = errors.iter().find(|error| error["stream_descriptor"]["name"] == "orders").unwrap();
        let message = error["message"].as_str().unwrap();
        assert!(message.starts_with("While reading the parent `shops`: the API denied access"), "{run}");
        assert!(run.states().is_empty(), "{run}");
    }
}

#[test]
fn failure_of_one_parents_children_is_named_and_does_not_stop_the_others() {
    let server = serve();
    server.on("GET /shops/2/orders").status(400);
    let run = read(&server, &["orders", "shops"], None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(run.records("orders").len(), 4, "{run}");
    assert_eq!(run.statuses("shops").last().unwrap(), "COMPLETE", "{run}");
    assert!(run.errors()[0]["message"].as_str().unwrap().starts_with("2: "), "{run}");
}

/// The state names the parent that was interrupted; the next read begins with it.
#[test]
fn interrupted_read_begins_with_its_next_parent() {
    let server = serve();
    let state = json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"},
        "stream_state": {"partitions": {"1": {"id": 12}}, "next": "3"}}}]);
    let run = read_with(&json!({"url": server.url(), "workers": 1}), &["orders"], Some(&state));
    assert_eq!(run.exit_code, Some(0), "{run}");
    let paths: Vec<String> = server.requests().iter().map(|request| request.path().to_owned()).collect();
    assert_eq!(paths, ["/shops", "/shops/3/orders", "/shops/1/orders", "/shops/2/orders"]);
    let orders = json!({"partitions": {"1": {"id": 12}, "2": {"id": 22}, "3": {"id": 32}}});
    assert_eq!(state_of(&run, "orders"), orders, "{run}");
}

#[test]
fn check_tries_the_children_of_the_first_three_parents() {
    let server = serve();
    let many: Vec<Value> = (1..100).map(|id| json!({"id": id})).collect();
    server.on("GET /shops").json(json!(many));
    server.on("GET /shops/{shop}/orders").json(json!([]));
    let run = connector().check(&json!({"url": server.url()}));
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert!(server.requests().len() < 20, "{}", server.requests().len());
    server.on("GET /shops/2/reviews").status(401);
    server.on("GET /shops/1/reviews").json(json!([]));
    let run = connector().check(&json!({"url": server.url()}));
    assert!(run.stdout.contains("FAILED"), "{run}");
}

#[test]
fn streams_of_children_conform_to_the_protocol() {
    let server = serve();
    Subject::new(env!("CARGO_BIN_EXE_children"))
        .config(json!({"url": server.url()}))
        .invalid_config(json!({"url": "no"}))
        .assert_conforms();
}
