//! Tests of routes: which response a request gets.

use super::{exchange, get, reported};
use crate::testing::server::{Response, Server};
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn body(response: &str) -> &str {
    response.split_once("\r\n\r\n").unwrap().1
}

#[test]
fn most_specific_route_responds_whatever_the_order() {
    for reverse in [false, true] {
        let server = Server::start();
        let mut routes = [
            "*",
            "GET *",
            "GET /orders",
            "GET /orders?page=2",
            "/orders/{id}",
            "/orders/*",
            "GET /orders/7",
            "/*",
            "/a b/{x}/c",
        ];
        if reverse {
            routes.reverse();
        }
        for route in routes {
            server.on(route).text(route);
        }
        for (method, target, route) in [
            ("GET", "/orders", "GET /orders"),
            ("GET", "/orders?page=3&x", "GET /orders"),
            ("GET", "/orders?x=1&page=2", "GET /orders?page=2"),
            ("GET", "/orders?%70age=2", "GET /orders?page=2"),
            ("GET", "/orders/7?page=2", "GET /orders/7"),
            ("POST", "/orders/7", "/orders/{id}"),
            ("GET", "/orders/7/lines", "/orders/*"),
            ("GET", "/order", "/*"),
            ("GET", "/a%20b/1/c", "/a b/{x}/c"),
            ("GET", "http://api.example/orders?page=2", "GET /orders?page=2"),
            ("GET", "http://api.example", "/*"),
            ("CONNECT", "api.example:443", "*"),
            ("GET", "api.example:443", "GET *"),
        ] {
            let request = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n\r\n");
            // A tunnel has no body.
            let route = if method == "CONNECT" { "" } else { route };
            assert_eq!(body(&exchange(&server, &request).0), route, "{target}");
        }
        assert_eq!(server.requests().len(), 13);
    }
}

#[test]
fn header_and_closure_are_conditions() {
    let server = Server::start();
    server.on("GET /").text("any");
    server.on("GET /").header("X-Key", "k").text("key");
    server.on("GET /").header("X-Key", "k").when(|request| request.query("n").is_some()).text("key and n");
    let response = |head: &str| {
        let (response, _) = exchange(&server, &format!("{head}\r\nConnection: close\r\n\r\n"));
        body(&response).to_owned()
    };
    assert_eq!(response("GET / HTTP/1.1"), "any");
    assert_eq!(response("GET / HTTP/1.1\r\nx-key: k"), "key");
    assert_eq!(response("GET /?n=1 HTTP/1.1\r\nx-key: k"), "key and n");
    assert_eq!(response("GET /?n=1 HTTP/1.1\r\nx-key: l"), "any");
}

#[test]
fn request_returns_what_was_sent() {
    let server = Server::start();
    server.on("POST /shops/{shop}/token").respond_with(|request| {
        assert_eq!(request.parameter("shop"), Some("a/b"));
        Response::json(json!({"shop": request.parameter("shop"), "grant": request.form("grant_type")}))
    });
    let (response, _) = exchange(
        &server,
        "POST /shops/a%2Fb/token?q=x+y%26&q=2 HTTP/1.1\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 21\r\n\
         Connection: close\r\n\r\ngrant_type=a+b&scope=",
    );
    assert_eq!(body(&response), r#"{"shop":"a/b","grant":"a b"}"#);
    let request = &server.requests()[0];
    assert_eq!((request.method(), request.path()), ("POST", "/shops/a%2Fb/token"));
    assert_eq!(request.to_string(), "POST /shops/a%2Fb/token?q=x+y%26&q=2");
    assert_eq!(request.query("q").as_deref(), Some("x y&"));
    assert_eq!((request.query("r"), request.parameter("r"), request.form("r")), (None, None, None));
    assert_eq!(request.header("X-A"), Some("1"));
    assert_eq!(request.header_values("x-A").collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(request.form("scope").as_deref(), Some(""));
    assert_eq!(request.text(), "grant_type=a+b&scope=");
    assert!(catch_unwind(AssertUnwindSafe(|| request.json())).is_err());
}

#[test]
fn another_route_responds_after_the_last_response_in_order() {
    let server = Server::start();
    server.on("GET /").respond_in_order([Response::text("1"), Response::new(204)]);
    assert_eq!(body(&get(&server, "/")), "1");
    assert_eq!(body(&get(&server, "/")), "");
    server.on("*").text("other");
    assert_eq!(body(&get(&server, "/")), "other");
}

#[test]
fn unmatched_request_gets_the_list_of_routes_and_is_reported() {
    let server = Server::start();
    server.on("GET /orders").query("page", "2").json(json!([]));
    server.on("GET /once?x=1").respond_in_order([Response::new(200)]);
    get(&server, "/once?x=1");
    let message = "the request `GET /order` matches no route of the test server; routes: \
                `GET /orders, query page=2`, `GET /once?x=1 (0 of 1 responses left)`";
    let response = get(&server, "/order");
    assert!(response.starts_with("HTTP/1.1 501 "), "{response}");
    assert_eq!(body(&response), json!({ "message": message }).to_string());
    assert_eq!(server.requests().len(), 2);
    assert_eq!(reported(server).unwrap(), format!("the test server found problems:\n  {message}"));

    let server = Server::start();
    assert!(get(&server, "/").contains("; routes: none"));
    for _ in 0..24 {
        get(&server, "/");
    }
    assert!(reported(server).unwrap().ends_with("\n  and 5 more"));
    assert_eq!(reported(Server::start()), None);
}

#[test]
fn panic_of_a_closure_is_reported() {
    let server = Server::start();
    server.on("GET /a").respond_with(|_| panic!("not this one"));
    server.on("GET /b").when(|_| panic!("nor this one")).status(200);
    for target in ["/a", "/b"] {
        assert!(get(&server, target).starts_with("HTTP/1.1 500 "));
    }
    assert_eq!(server.requests().len(), 2);
    assert_eq!(reported(server).unwrap().lines().count(), 3);
}

#[test]
fn invalid_route_panics() {
    let server = Server::start();
    for route in
        ["get /a", " /a", "orders", "GET orders", "GET /a*", "/a/{b", "/x{b}", "/a/*/b", "/a b#c", ""]
    {
        let panic = catch_unwind(AssertUnwindSafe(|| drop(server.on(route)))).unwrap_err();
        let message = panic.downcast_ref::<String>().unwrap();
        assert!(message.starts_with(&format!("the route `{route}` ")), "{message}");
    }
}
