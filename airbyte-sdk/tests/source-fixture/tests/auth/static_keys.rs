//! API keys and passwords.

use super::{catalog, config, connector, debugged, read, server};
use renamed_sdk::testing::server::{Request, Response};
use serde_json::json;

const KEY: &str = "k y/1+\"23&\\45";

fn good(_: &Request) -> Response {
    server::json(200, &json!({"id": 1}))
}

#[test]
fn each_kind_of_key_is_sent_correctly_and_never_shown() {
    for (method, name, value) in [
        ("bearer", "Authorization", format!("Bearer {KEY}")),
        ("header", "X-Key", KEY.to_owned()),
        ("basic", "Authorization", "Basic bWU6ayB5LzErIjIzJlw0NQ==".to_owned()),
    ] {
        let server = server::start(good);
        let config = config(server.url(), method, &json!({"api_key": KEY}));
        let (text, code) = debugged(&connector(), &config, &["items"]);
        assert_eq!(code, Some(0), "{text}");
        assert_eq!(server.requests()[0].header(name), Some(value.as_str()));
        assert_eq!(server.requests()[0].target(), "/items");
        assert!(!text.contains("k y/1") && !text.contains("bWU6"), "{text}");
        // Plain HTTP over loopback needs no warning.
        assert!(!text.contains("plain http"), "{text}");
    }
}

#[test]
fn query_key_is_sent_with_every_page_and_never_shown() {
    let server = server::start(|request| {
        let next =
            (!request.target().contains("page=2")).then_some("https://other.example/items?page=2&key=mine");
        server::json(200, &json!({"id": 1, "next": next}))
    });
    let config = config(server.url(), "query", &json!({"api_key": KEY}));
    let (text, code) = debugged(&connector(), &config, &["items"]);
    assert_eq!(code, Some(0), "{text}");
    let key = "key=k%20y%2F1%2B%2223%26%5C45";
    let targets = server::targets(&server);
    assert_eq!(targets, [format!("/items?{key}"), format!("/items?page=2&{key}")]);
    assert!(!text.contains("k%20y") && !text.contains("k y/1"), "{text}");
    assert!(text.contains("/items: HTTP 200"), "{text}");
}

/// Some APIs reject an empty chunked body.
#[test]
fn post_without_a_body_has_content_length_zero() {
    let server = server::start(good);
    let run = read(&config(server.url(), "bearer", &json!({"api_key": KEY})), &["more"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    let request = &server.requests()[0];
    assert_eq!((request.method(), request.header("Content-Length")), ("POST", Some("0")));
}

#[test]
fn key_is_not_sent_to_another_origin() {
    for method in ["bearer", "header", "query", "basic", "client"] {
        let home = server::start(good);
        let other = server::start(good);
        let more = json!({"api_key": KEY, "client_secret": "s-1", "other_url": other.url()});
        let run = read(&config(home.url(), method, &more), &["elsewhere"]);
        assert_eq!(run.exit_code, Some(0), "{run}");
        let request = &other.requests()[0];
        assert_eq!(request.target(), "/file");
        assert_eq!((request.header("Authorization"), request.header("X-Key")), (None, None));
        assert_eq!(home.requests().len(), 0);
    }
}

#[test]
fn credentials_over_plain_http_cause_one_warning() {
    // The host does not exist: a proxy responds for it.
    let proxy = server::start(|request| match request.target() {
        "/token" => server::json(200, &json!({"access_token": "at-1234"})),
        _ => server::json(200, &json!({"id": 1})),
    });
    for (method, url, warnings) in [
        ("bearer", "http://api.example", 1),
        ("client", "http://api.example", 1),
        ("query", "http://api.example:81", 1),
        ("bearer", proxy.url(), 0),
    ] {
        let config = config(url, method, &json!({"api_key": KEY, "client_secret": "s-1"}));
        let connector = connector();
        let mut command = connector.read_command(&config, &catalog(&["items", "more"]), None);
        let output = command.env("ALL_PROXY", proxy.url()).env("NO_PROXY", "127.0.0.1").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{text}");
        let found: Vec<&str> = text.lines().filter(|line| line.contains("over plain http")).collect();
        assert_eq!(found.len(), warnings, "{text}");
        assert!(found.iter().all(|line| line.contains("WARN") && line.contains("api.example")), "{found:?}");
    }
}

/// The log cuts a URL at its question mark, which here is part of the key in the path.
#[test]
fn key_with_a_question_mark_in_a_url_is_fully_blanked() {
    for key in ["half1?half2", "half1#half2", "half1@half2"] {
        let server = server::start(good);
        let other_url = format!("{}/v1/{key}", server.url());
        let config = config(server.url(), "bearer", &json!({"api_key": key, "other_url": other_url}));
        let (text, _) = debugged(&connector(), &config, &["elsewhere"]);
        assert!(text.contains("GET ****") || text.contains("/v1/****"), "{text}");
        assert!(!text.contains("half"), "{text}");
    }
}

#[test]
fn key_is_blanked_however_an_api_encodes_it() {
    const SECRET: &str = "wJalr/XUt+nFEMI&K7é<MDENG==";
    for echo in [
        r"wJalr\/XUt+nFEMI&K7é<MDENG==",
        r"wJalr/XUt+nFEMI\u0026K7\u00e9\u003cMDENG==",
        r"wJalr\/XUt+nFEMI\\u0026K7\\u00e9<MDENG\\u003d=",
        "wJalr/XUt+nFEMI&amp;K7&eacute;&lt;MDENG==",
        "wJalr&#x2F;XUt&#43;nFEMI&#38;K7&#233;&lt;MDENG&#x3d;&equals;",
        "wJalr%252FXUt%252BnFEMI%2526K7%25C3%25A9%253CMDENG%253D%253D",
        "wJalr/XUt nFEMI%26K7%E9%3CMDENG%3D%3D",
        "WJALR/XUT+NFEMI&K7É<MDENG==",
        "774A616C722F5855742B6E46454D49264B37C3A93C4D44454E473D3D",
        "77:4a:61:6c:72:2f:58:55:74:2b:6e:46:45:4d:49:26:4b:37:c3:a9:3c:4d:44:45:4e:47:3d:3d",
        "bWU6d0phbHIvWFV0K25GRU1JJks3w6k8TURFTkc9PQ==",
        "bWU6d0phbHIvWFV0K25G\n  RU1JJks3w6k8TURF\n  Tkc9PQ==",
        "bWU6d0phbHIvWFV0K25GRU1JJks3w6k8TURFTkc9PQ%3D%3D",
        "wJalr/XUt+nFEMI&K7=C3=A9<MD=\r\nENG=3D=3D",
        "wJalr/XUt+nFEMI&K7\\xc3\\xa9<MDENG==",
    ] {
        let server = server::start(move |_| server::json(401, &json!({"error": format!("no key <{echo}>")})));
        let config = config(server.url(), "query", &json!({"api_key": SECRET}));
        let (text, code) = debugged(&connector(), &config, &["items"]);
        assert_eq!(code, Some(1), "{text}");
        let shown = text.split_once("no key <").and_then(|(_, rest)| rest.split_once('>'));
        let (shown, _) = shown.unwrap_or_else(|| panic!("{echo}: {text}"));
        // In base64 of `me:` and the key, the first digits belong to the user name.
        let shown = shown.replacen("bWU6", "", 1).replace("%3D", "").replace("Q==", "");
        assert_eq!(shown.trim_end_matches('='), "****", "{echo}: {text}");
    }
}
