//! What does not change: keys and passwords.

use super::service::{Answer, Service};
use super::{catalog, config, connector, debugged, read};
use serde_json::json;

const KEY: &str = "k y/1+\"23&\\45";

fn good(_: &super::service::Request) -> Answer {
    Answer::json(200, &json!({"id": 1}))
}

#[test]
fn each_kind_of_key_goes_where_it_belongs_and_is_seen_nowhere() {
    for (way, name, value) in [
        ("bearer", "Authorization", format!("Bearer {KEY}")),
        ("header", "X-Key", KEY.to_owned()),
        ("basic", "Authorization", "Basic bWU6ayB5LzErIjIzJlw0NQ==".to_owned()),
    ] {
        let service = Service::start(good);
        let config = config(&service.url, way, &json!({"api_key": KEY}));
        let (text, code) = debugged(&connector(), &config, &["items"]);
        assert_eq!(code, Some(0), "{text}");
        assert_eq!(service.requests()[0].header(name), Some(value.as_str()));
        assert_eq!(service.requests()[0].target, "/items");
        assert!(!text.contains("k y/1") && !text.contains("bWU6"), "{text}");
        // A key over loopback is nobody's concern.
        assert!(!text.contains("plain http"), "{text}");
    }
}

#[test]
fn a_key_in_the_query_is_on_every_page_and_in_no_message() {
    let service = Service::start(|request| {
        let next =
            (!request.target.contains("page=2")).then_some("https://other.example/items?page=2&key=mine");
        Answer::json(200, &json!({"id": 1, "next": next}))
    });
    let config = config(&service.url, "query", &json!({"api_key": KEY}));
    let (text, code) = debugged(&connector(), &config, &["items"]);
    assert_eq!(code, Some(0), "{text}");
    let key = "key=k%20y%2F1%2B%2223%26%5C45";
    let targets: Vec<String> = service.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(targets, [format!("/items?{key}"), format!("/items?page=2&{key}")]);
    assert!(!text.contains("k%20y") && !text.contains("k y/1"), "{text}");
    assert!(text.contains("/items: HTTP 200"), "{text}");
}

/// Rather than in chunks of which there are none.
#[test]
fn a_post_with_nothing_in_it_says_so() {
    let service = Service::start(good);
    let run = read(&config(&service.url, "bearer", &json!({"api_key": KEY})), &["more"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    let request = &service.requests()[0];
    assert_eq!((request.method.as_str(), request.header("Content-Length")), ("POST", Some("0")));
}

#[test]
fn a_key_is_not_sent_to_another_origin() {
    for way in ["bearer", "header", "query", "basic", "client"] {
        let home = Service::start(good);
        let other = Service::start(good);
        let more = json!({"api_key": KEY, "client_secret": "s-1", "other_url": other.url});
        let run = read(&config(&home.url, way, &more), &["elsewhere"]);
        assert_eq!(run.exit_code, Some(0), "{run}");
        let request = &other.requests()[0];
        assert_eq!(request.target, "/file");
        assert_eq!((request.header("Authorization"), request.header("X-Key")), (None, None));
        assert_eq!(home.requests().len(), 0);
    }
}

#[test]
fn a_sign_in_that_others_can_read_is_warned_of_once() {
    // The host need not be there: a proxy answers for it.
    let proxy = Service::start(|request| match request.target.as_str() {
        "/token" => Answer::json(200, &json!({"access_token": "at-1234"})),
        _ => Answer::json(200, &json!({"id": 1})),
    });
    for (way, url, warnings) in [
        ("bearer", "http://api.example", 1),
        ("client", "http://api.example", 1),
        ("query", "http://api.example:81", 1),
        ("bearer", proxy.url.as_str(), 0),
    ] {
        let config = config(url, way, &json!({"api_key": KEY, "client_secret": "s-1"}));
        let connector = connector();
        let mut command = connector.read_command(&config, &catalog(&["items", "more"]), None);
        let output = command.env("ALL_PROXY", &proxy.url).env("NO_PROXY", "127.0.0.1").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{text}");
        let told: Vec<&str> = text.lines().filter(|line| line.contains("over plain http")).collect();
        assert_eq!(told.len(), warnings, "{text}");
        assert!(told.iter().all(|line| line.contains("WARN") && line.contains("api.example")), "{told:?}");
    }
}
