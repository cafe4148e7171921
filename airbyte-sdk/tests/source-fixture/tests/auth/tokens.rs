//! OAuth tokens: when and how they are requested, and how rejections are handled.

use super::{config, connector, debugged, output_without_control, read, server};
use renamed_sdk::testing::Server;
use renamed_sdk::testing::server::{Gate, Request, Response};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

/// Issues the tokens `at-1`, `at-2`, … with these fields; the closure responds to other requests.
fn server(fields: Value, respond: impl Fn(&Request, u32) -> Response + Send + Sync + 'static) -> Server {
    let (tokens, requests) = (AtomicU32::new(0), AtomicU32::new(0));
    server::start(move |request| {
        if !server::is_for_a_token(request) {
            return respond(request, requests.fetch_add(1, SeqCst));
        }
        let mut granted = fields.clone();
        granted["access_token"] = format!("at-{}", tokens.fetch_add(1, SeqCst) + 1).into();
        server::json(200, &granted)
    })
}

fn good() -> Response {
    server::json(200, &json!({"id": 1}))
}

fn unauthorized() -> Response {
    server::json(401, &json!({"message": "token expired"}))
}

#[test]
fn client_requests_one_token_for_all_streams() {
    for in_header in [false, true] {
        let server = server(json!({"expires_in": 3600, "token_type": "Bearer"}), |_, _| good());
        let more = json!({"client_secret": "s=1 &2", "client_in_header": in_header});
        let run = read(&config(server.url(), "client", &more), &["items", "more", "threads"]);
        assert_eq!(run.exit_code, Some(0), "{run}");
        let (tokens, others) = server::sorted(&server);
        assert_eq!((tokens.len(), others.len()), (1, 11));
        assert!(others.iter().all(|request| server::token(request) == Some("at-1")), "{others:?}");
        let token = &tokens[0];
        assert_eq!(token.method(), "POST");
        assert_eq!(token.header("Content-Type"), Some("application/x-www-form-urlencoded"));
        assert_eq!(token.header("Accept"), Some("application/json"));
        let (client, basic) = match in_header {
            false => ("&client_id=client%201&client_secret=s%3D1%20%262", None),
            // Both are percent-encoded before they are joined.
            true => ("", Some("Basic Y2xpZW50JTIwMTpzJTNEMSUyMCUyNjI=")),
        };
        let form = format!("grant_type=client_credentials{client}&scope=read%20list&audience=a%26b");
        assert_eq!(token.text(), form);
        assert_eq!(token.header("Authorization"), basic);
    }
}

#[test]
fn expiring_token_is_renewed_before_it_is_rejected() {
    for (expires_in, tokens) in [(json!(60), 2), (json!("60"), 2), (json!(3600), 1), (json!(null), 1)] {
        let server = server(json!({"expires_in": expires_in}), |_, number| match number {
            0 => server::json(503, &json!({})).header("Retry-After", "100"),
            _ => good(),
        });
        let run = read(&config(server.url(), "client", &json!({"client_secret": "s-1"})), &["items"]);
        assert_eq!(run.exit_code, Some(0), "{run}");
        let (requested, others) = server::sorted(&server);
        assert_eq!(requested.len(), tokens, "{expires_in}");
        assert_eq!(server::token(&others[1]), Some(format!("at-{tokens}").as_str()));
    }
}

#[test]
fn rejected_token_is_renewed_once() {
    // A POST as well: a request with a rejected token had no effect.
    for stream in ["items", "more"] {
        let server = server(json!({}), |request, _| match server::token(request) {
            Some("at-2") => good(),
            _ => unauthorized(),
        });
        let run = read(&config(server.url(), "client", &json!({"client_secret": "s-1"})), &[stream]);
        assert_eq!(run.exit_code, Some(0), "{run}");
        let (tokens, others) = server::sorted(&server);
        assert_eq!((tokens.len(), others.len()), (2, 2));
    }
    let server = server(json!({}), |_, _| unauthorized());
    let run = read(&config(server.url(), "client", &json!({"client_secret": "s-1"})), &["items"]);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(run.errors()[0]["failure_type"], "config_error");
    let (tokens, others) = server::sorted(&server);
    assert_eq!((tokens.len(), others.len()), (2, 2));
}

#[test]
fn request_with_a_rejected_key_is_not_retried() {
    let server = server(json!({}), |_, _| unauthorized());
    let run = read(&config(server.url(), "bearer", &json!({"api_key": "k-1234"})), &["items"]);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn rejected_token_of_eight_threads_is_renewed_once() {
    // All eight are rejected before any of them can get a new token.
    let (rejected, all_rejected) = (AtomicU32::new(0), Gate::new());
    let server = server(json!({"expires_in": 3600}), move |request, _| {
        if request.target() == "/items" && server::token(request) == Some("at-1") {
            if rejected.fetch_add(1, SeqCst) == 7 {
                all_rejected.open();
            }
            return unauthorized().wait_for(&all_rejected);
        }
        good()
    });
    let run = read(&config(server.url(), "client", &json!({"client_secret": "s-1"})), &["threads"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(run.records("threads").len(), 8);
    let (tokens, others) = server::sorted(&server);
    assert_eq!((tokens.len(), others.len()), (2, 17));
    assert!(others[9..].iter().all(|request| server::token(request) == Some("at-2")), "{others:?}");
}

/// Responds in this way to every token request.
fn token_endpoint(status: u16, body: Value) -> Server {
    server::start(
        move |request| if server::is_for_a_token(request) { server::json(status, &body) } else { good() },
    )
}

#[test]
fn revoked_refresh_token_is_a_config_error_after_one_request() {
    let over = json!({"error": "invalid_grant", "error_description": "The token r-12345 was revoked."});
    // Some APIs report errors with status 200.
    for status in [400, 200] {
        let server = token_endpoint(status, over.clone());
        let given = json!({"refresh_token": "r-12345", "rotates": "refresh_token"});
        let config = config(server.url(), "refresh", &given);
        let run = connector().check(&config);
        assert_eq!(run.exit_code, Some(0), "{run}");
        let status = &run.all("CONNECTION_STATUS")[0];
        assert_eq!(status["status"], "FAILED");
        let message = status["message"].as_str().unwrap();
        assert!(
            message.contains("authenticate again") && message.contains("The token **** was revoked"),
            "{message}"
        );
        let run = read(&config, &["items", "more"]);
        assert_eq!(run.exit_code, Some(1), "{run}");
        assert!(run.errors().iter().all(|error| error["failure_type"] == "config_error"), "{run}");
        assert_eq!(run.errors().len(), 2);
        assert_eq!(server.requests().len(), 2, "one per run");
        assert!(run.all("CONTROL").is_empty(), "{run}");
    }
}

#[test]
fn failing_token_endpoint_is_retried() {
    let server = token_endpoint(503, json!({}));
    let config = config(server.url(), "client", &json!({"client_secret": "s-1"}));
    let run = connector().check(&config);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(run.errors()[0]["failure_type"], "transient_error");
    assert!(
        run.errors()[0]["message"].as_str().unwrap().starts_with("While requesting an access token: "),
        "{run}"
    );
    assert_eq!(server.requests().len(), 5);

    let count = AtomicU32::new(0);
    let server = server::start(move |request| match count.fetch_add(1, SeqCst) {
        0 => server::json(500, &json!({})),
        _ if server::is_for_a_token(request) => server::json(200, &json!({"access_token": "at-1"})),
        _ => good(),
    });
    let config = super::config(server.url(), "client", &json!({"client_secret": "s-1"}));
    assert_eq!(read(&config, &["items"]).exit_code, Some(0));
}

#[test]
fn redirect_of_a_token_endpoint_is_not_followed() {
    let other = token_endpoint(200, json!({"access_token": "at-1"}));
    let url = format!("{}/token", other.url());
    let server = server::start(move |_| server::json(307, &json!({})).header("Location", &url));
    let run = read(&config(server.url(), "client", &json!({"client_secret": "s-1"})), &["items"]);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!((server.requests().len(), other.requests().len()), (1, 0));
}

#[test]
fn echoed_token_is_blanked_in_every_encoding() {
    // Has characters that each encoding writes differently.
    const TOKEN: &str = "a\"cc/ess+to~k\\en?12=";
    const ENCODINGS: [&str; 6] = [
        TOKEN,
        "a\\\"cc/ess+to~k\\\\en?12=",
        "a\\\\\\\"cc/ess+to~k\\\\\\\\en?12=",
        "a%22cc%2Fess%2Bto~k%5Cen%3F12%3D",
        "YSJjYy9lc3MrdG9-a1xlbj8xMj0",
        "YSJjYy9lc3MrdG9+a1xlbj8xMj0=",
    ];
    let server = server::start(|request| {
        if server::is_for_a_token(request) {
            return server::json(200, &json!({"access_token": TOKEN, "refresh_token": format!("{TOKEN}r")}));
        }
        server::json(400, &json!({"message": format!("no such token: {}", ENCODINGS.join(" | "))}))
    });
    for rotates in [None, Some("refresh_token")] {
        let given = json!({"refresh_token": "r-12345", "client_secret": "s", "rotates": rotates});
        let config = config(server.url(), "refresh", &given);
        let run = read(&config, &["items"]);
        assert_eq!(run.exit_code, Some(1), "{run}");
        let (debugged, _) = debugged(&connector(), &config, &["items"]);
        let debugged: Vec<&str> = debugged.lines().filter(|line| !line.contains("\"CONTROL\"")).collect();
        for text in [output_without_control(&run), debugged.join("\n")] {
            assert!(text.contains("no such token: ****"), "{text}");
            for encoding in ENCODINGS {
                assert!(!text.contains(encoding), "{encoding} in {text}");
            }
        }
        assert_eq!(run.all("CONTROL").len(), usize::from(rotates.is_some()));
        // A failed assertion shows neither the new token, which is in the CONTROL message, nor the old one.
        for printed in [run.to_string(), format!("{run:?}")] {
            assert!(!printed.contains("r-12345") && !printed.contains("ess+to"), "{printed}");
        }
        let warned = run.stdout.contains("does not save the new one");
        assert_eq!(warned, rotates.is_none(), "{run}");
    }
}
