//! Invalid keys, headers and URLs: a config error before any request, without showing a key.

use super::{catalog, config, connector, read, server};
use renamed_sdk::testing::Server;
use serde_json::{Value, json};

fn server() -> Server {
    server::start(|_| server::json(200, &json!({"id": 1, "access_token": "at-1234"})))
}

/// Asserts that `check` fails and `read` ends with a config error, and returns their message.
fn rejected(config: &Value) -> String {
    let check = connector().check(config);
    assert_eq!(check.exit_code, Some(0), "{check}");
    let status = check.all("CONNECTION_STATUS").remove(0);
    assert_eq!(status["status"], "FAILED", "{check}");
    let message = status["message"].as_str().unwrap();
    let run = read(config, &["items"]);
    assert_eq!(run.exit_code, Some(1), "{run}");
    let errors = run.errors();
    assert_eq!((errors.len(), &errors[0]["failure_type"]), (1, &json!("config_error")), "{run}");
    assert_eq!(errors[0]["message"], message, "{run}");
    assert!(!run.stdout.contains("retrying in") && run.stderr.is_empty(), "{run}");
    message.to_owned()
}

#[test]
fn key_with_an_unsendable_character_is_rejected_before_any_request() {
    for (letter, name) in [
        ('\u{a0}', "a non-breaking space (U+00A0)"),
        ('\u{200b}', "a zero-width space (U+200B)"),
        ('\u{2013}', "an en dash (U+2013)"),
        ('\u{feff}', "a byte order mark (U+FEFF)"),
        ('\n', "a line break (U+000A)"),
        ('\0', "a control character (U+0000)"),
        ('é', "a non-ASCII character"),
    ] {
        let key = format!("geheim{letter}weiter");
        for (method, place) in [("bearer", "the Authorization header"), ("header", "the header X-Key")] {
            let server = server();
            let message = rejected(&config(server.url(), method, &json!({"api_key": key})));
            assert_eq!(
                message,
                format!("The API key or token for {place} contains {name} at position 7; copy it again")
            );
            assert_eq!(server.requests().len(), 0);
        }
        // In the query and in base64, any character can be sent.
        for method in ["query", "basic"] {
            let server = server();
            let run = read(&config(server.url(), method, &json!({"api_key": key})), &["items"]);
            assert_eq!(run.exit_code, Some(0), "{run}");
        }
    }
}

#[test]
fn unsendable_header_is_rejected_and_not_shown() {
    let server = server();
    for (field, value, expected) in [
        (
            "tenant",
            "acme\u{2013}east",
            "the value of the header X-Tenant contains an en dash (U+2013) at position 5",
        ),
        (
            "tenant",
            "acme\r\nX-Key: 1",
            "the value of the header X-Tenant contains a line break (U+000D) at position 5",
        ),
        ("header", "X Key", "the header name `X Key` has a character at position 2"),
        ("header", "", "a header has an empty name"),
        ("user", "me:you", "the user name must not contain a colon"),
    ] {
        let method = if field == "user" { "basic" } else { "header" };
        let message = rejected(&config(server.url(), method, &json!({"api_key": "k-1", field: value})));
        assert!(message.to_lowercase().contains(&expected.to_lowercase()), "{message}");
        assert!(!message.contains("east"), "{message}");
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn key_replaces_a_header_of_the_same_name() {
    let server = server();
    let more = json!({"api_key": "k-1", "header": "x-tenant", "tenant": "acme"});
    let run = read(&config(server.url(), "header", &more), &["items"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    let request = &server.requests()[0];
    assert_eq!((request.header("X-Tenant"), request.header_values("X-Tenant").count()), (Some("k-1"), 1));
    for header in ["content-length", "Transfer-Encoding"] {
        let run =
            read(&config(server.url(), "header", &json!({"api_key": "5", "header": header})), &["items"]);
        assert_eq!(run.exit_code, Some(1), "{run}");
        assert_eq!(run.errors()[0]["failure_type"], "system_error", "{run}");
    }
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn whitespace_around_a_key_is_trimmed_for_every_method() {
    for (method, name, expected) in [
        ("bearer", "Authorization", "Bearer k-1"),
        ("header", "X-Key", "k-1"),
        ("basic", "Authorization", "Basic bWU6ay0x"),
        ("query", "X-Tenant", "acme"),
    ] {
        let server = server();
        let more = json!({"api_key": " \tk-1\r\n", "user": " me\n", "tenant": " acme\n"});
        let run = read(&config(server.url(), method, &more), &["items"]);
        assert_eq!(run.exit_code, Some(0), "{run}");
        let request = &server.requests()[0];
        assert_eq!(request.header(name), Some(expected), "{method}");
        assert_eq!(request.target(), if method == "query" { "/items?key=k-1" } else { "/items" });
    }
    for method in ["client", "refresh"] {
        let server = server();
        let more = json!({"client_secret": "s-1\n", "refresh_token": " r-1\n"});
        let run = read(&config(server.url(), method, &more), &["items"]);
        assert_eq!(run.exit_code, Some(0), "{run}");
        let request = &server.requests()[0];
        let body = request.text();
        assert!(body.contains("client_secret=s-1") && !body.contains("%0A"), "{body}");
    }
}

#[test]
fn missing_key_is_rejected_before_any_request() {
    let server = server();
    for (method, expected) in [
        ("bearer", "The API key or token for the Authorization header is empty"),
        ("header", "The API key or token for the header X-Key is empty"),
        ("query", "The API key or token for the URL parameter `key` is empty"),
        ("client", "The client secret is empty"),
        ("refresh", "The refresh token is empty"),
    ] {
        let message = rejected(&config(server.url(), method, &json!({})));
        assert!(message.starts_with(expected), "{message}");
    }
    let message = rejected(&config(server.url(), "basic", &json!({"user": " "})));
    assert!(message.contains("are both empty"), "{message}");
    assert_eq!(server.requests().len(), 0);
    // One of them may be empty.
    assert_eq!(read(&config(server.url(), "basic", &json!({})), &["items"]).exit_code, Some(0));
}

#[test]
fn invalid_base_url_is_rejected_before_any_request() {
    let server = server();
    let port = server.url().rsplit(':').next().unwrap();
    for (url, expected) in [
        (format!("127.0.0.1:{port}"), "must begin with `https://` or `http://`"),
        (format!("localhost:{port}"), "must begin with"),
        (String::new(), "is empty"),
        (format!(" {}", server.url()), "begins or ends with whitespace"),
        (format!("http:/127.0.0.1:{port}"), "must begin with"),
        ("http:///x".to_owned(), "the host is missing"),
        ("http://127.0.0.1:8o80".to_owned(), "the port is not a number from 1 to 65535"),
        ("http://127.0.0.1:99999".to_owned(), "the port is not"),
        (format!("http://bob:hunter2@127.0.0.1:{port}"), "must not contain a user name or a password"),
        (format!("ftp://127.0.0.1:{port}"), "scheme is not supported"),
        ("http://bücher.example".to_owned(), "non-ASCII"),
        (format!("{}/v1?key=hunter2", server.url()), "must not contain a query"),
        (format!("{}/v1#x", server.url()), "must not contain a fragment"),
        (format!("{}/v 1", server.url()), "contains whitespace"),
    ] {
        for method in ["bearer", "query"] {
            let message = rejected(&config(&url, method, &json!({"api_key": "k-1234"})));
            assert!(message.starts_with("The base URL `") && message.contains(expected), "{url}: {message}");
            assert!(!message.contains("hunter2") && !message.contains("bob"), "{message}");
        }
        let message = rejected(&config(&url, "client", &json!({"client_secret": "s-1"})));
        assert!(message.starts_with("The base URL `"), "{message}");
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn base_url_may_have_a_path_and_a_trailing_slash() {
    let server = server();
    for base in [format!("{}/v1", server.url()), format!("{}/v1/", server.url())] {
        let run = read(&config(&base, "bearer", &json!({"api_key": "k-1"})), &["items"]);
        assert_eq!(run.exit_code, Some(0), "{run}");
    }
    let targets = server::targets(&server);
    assert_eq!(targets, ["/v1/items"; 2]);
}

#[test]
fn link_without_results_ends_the_pagination() {
    let server = server::start(|request| {
        let page: u32 = request.target().rsplit(':').next().unwrap().parse().unwrap_or(1);
        // Like Sentry: every page links to a next one; after the last, it is empty.
        let link = |page: u32, relation: &str, results: bool| {
            format!(
                "</items?cursor=0:{page}>; rel=\"{relation}\"; results=\"{results}\"; cursor=\"0:{page}:0\""
            )
        };
        let items = if page <= 2 { json!([{"id": page}]) } else { json!([]) };
        let links = format!("{}, {}", link(page - 1, "previous", page > 1), link(page + 1, "next", page < 2));
        server::json(200, &items).header("Link", &links)
    });
    let run = connector().read(
        &config(server.url(), "bearer", &json!({"api_key": "k-1"})),
        &catalog(&["linked"]),
        None,
    );
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(run.records("linked").len(), 2, "{run}");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn pages_without_records_are_read_and_logged() {
    let server = server::start(|request| {
        let page: u32 = request.target().rsplit('=').next().unwrap().parse().unwrap_or(0);
        let items = if page == 250 { json!([{"id": 1}]) } else { json!([]) };
        let link = if page == 250 { String::new() } else { format!("</items?page={}>; rel=next", page + 1) };
        server::json(200, &items).header("Link", &link)
    });
    let run = read(&config(server.url(), "bearer", &json!({"api_key": "k-1"})), &["linked"]);
    assert_eq!((run.exit_code, run.records("linked").len()), (Some(0), 1), "{run}");
    let warnings: Vec<_> = run.all("LOG").into_iter().filter(|log| log["level"] == "WARN").collect();
    assert_eq!(warnings.len(), 1, "{run}");
    assert!(warnings[0]["message"].as_str().unwrap().contains("the last 100 pages had no records"), "{run}");
}

#[test]
fn next_link_is_resolved_in_any_notation() {
    let links = ["?q=a b|\"c\"", "/x/y/ü", "../z", "./w?page[after]=1&x=%7C", "//127.0.0.9:1/v"];
    let server = server::start(move |request| {
        let targets = ["/items", "/items?q", "/x/y", "/x/z", "/x/w", "/v"];
        let page = targets.iter().rposition(|target| request.target().starts_with(target)).unwrap();
        server::json(200, &json!({"id": page, "next": links.get(page)}))
    });
    let run = read(&config(server.url(), "bearer", &json!({"api_key": "k-1"})), &["items"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    let targets = server::targets(&server);
    let expected =
        ["/items", "/items?q=a%20b%7C%22c%22", "/x/y/%C3%BC", "/x/z", "/x/w?page[after]=1&x=%7C", "/v"];
    assert_eq!(targets, expected);
}
