//! Tokens: when one is asked for, how, and what becomes of refusals.

use super::{config, connector, debugged, read, service, told};
use renamed_sdk::testing::Server;
use renamed_sdk::testing::server::{Gate, Request, Response};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

/// Hands out `at-1`, `at-2`, …, each with what else is said of it; the rest is answered by the closure.
fn service(said: Value, answer: impl Fn(&Request, u32) -> Response + Send + Sync + 'static) -> Server {
    let (tokens, asked) = (AtomicU32::new(0), AtomicU32::new(0));
    service::start(move |request| {
        if !service::is_for_a_token(request) {
            return answer(request, asked.fetch_add(1, SeqCst));
        }
        let mut granted = said.clone();
        granted["access_token"] = format!("at-{}", tokens.fetch_add(1, SeqCst) + 1).into();
        service::json(200, &granted)
    })
}

fn good() -> Response {
    service::json(200, &json!({"id": 1}))
}

fn unauthorized() -> Response {
    service::json(401, &json!({"message": "token expired"}))
}

#[test]
fn client_requests_one_token_for_all_streams() {
    for in_header in [false, true] {
        let service = service(json!({"expires_in": 3600, "token_type": "Bearer"}), |_, _| good());
        let more = json!({"client_secret": "s=1 &2", "client_in_header": in_header});
        let run = read(&config(service.url(), "client", &more), &["items", "more", "threads"]);
        assert_eq!(run.exit_code, Some(0), "{run}");
        let (tokens, others) = service::sorted(&service);
        assert_eq!((tokens.len(), others.len()), (1, 11));
        assert!(others.iter().all(|request| service::token(request) == Some("at-1")), "{others:?}");
        let token = &tokens[0];
        assert_eq!(token.method(), "POST");
        assert_eq!(token.header("Content-Type"), Some("application/x-www-form-urlencoded"));
        assert_eq!(token.header("Accept"), Some("application/json"));
        let (client, basic) = match in_header {
            false => ("&client_id=client%201&client_secret=s%3D1%20%262", None),
            // Both are escaped before they are put together.
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
        let service = service(json!({"expires_in": expires_in}), |_, number| match number {
            0 => service::json(503, &json!({})).header("Retry-After", "100"),
            _ => good(),
        });
        let run = read(&config(service.url(), "client", &json!({"client_secret": "s-1"})), &["items"]);
        assert_eq!(run.exit_code, Some(0), "{run}");
        let (asked, others) = service::sorted(&service);
        assert_eq!(asked.len(), tokens, "{expires_in}");
        assert_eq!(service::token(&others[1]), Some(format!("at-{tokens}").as_str()));
    }
}

#[test]
fn rejected_token_is_renewed_once() {
    // A POST as well: it was refused before it did anything.
    for stream in ["items", "more"] {
        let service = service(json!({}), |request, _| match service::token(request) {
            Some("at-2") => good(),
            _ => unauthorized(),
        });
        let run = read(&config(service.url(), "client", &json!({"client_secret": "s-1"})), &[stream]);
        assert_eq!(run.exit_code, Some(0), "{run}");
        let (tokens, others) = service::sorted(&service);
        assert_eq!((tokens.len(), others.len()), (2, 2));
    }
    let service = service(json!({}), |_, _| unauthorized());
    let run = read(&config(service.url(), "client", &json!({"client_secret": "s-1"})), &["items"]);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(run.errors()[0]["failure_type"], "config_error");
    let (tokens, others) = service::sorted(&service);
    assert_eq!((tokens.len(), others.len()), (2, 2));
}

#[test]
fn request_with_a_rejected_key_is_not_retried() {
    let service = service(json!({}), |_, _| unauthorized());
    let run = read(&config(service.url(), "bearer", &json!({"api_key": "k-1234"})), &["items"]);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(service.requests().len(), 1);
}

#[test]
fn rejected_token_of_eight_threads_is_renewed_once() {
    // All eight are refused before any of them can have another one.
    let (refused, all_refused) = (AtomicU32::new(0), Gate::new());
    let service = service(json!({"expires_in": 3600}), move |request, _| {
        if request.target() == "/items" && service::token(request) == Some("at-1") {
            if refused.fetch_add(1, SeqCst) == 7 {
                all_refused.open();
            }
            return unauthorized().wait_for(&all_refused);
        }
        good()
    });
    let run = read(&config(service.url(), "client", &json!({"client_secret": "s-1"})), &["threads"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(run.records("threads").len(), 8);
    let (tokens, others) = service::sorted(&service);
    assert_eq!((tokens.len(), others.len()), (2, 17));
    assert!(others[9..].iter().all(|request| service::token(request) == Some("at-2")), "{others:?}");
}

/// Answers every request for a token so.
fn refusing(status: u16, body: Value) -> Server {
    service::start(
        move |request| if service::is_for_a_token(request) { service::json(status, &body) } else { good() },
    )
}

#[test]
fn revoked_refresh_token_is_a_config_error_after_one_request() {
    let over = json!({"error": "invalid_grant", "error_description": "The token r-12345 was revoked."});
    // Some services refuse with a good status.
    for status in [400, 200] {
        let service = refusing(status, over.clone());
        let given = json!({"refresh_token": "r-12345", "rotates": "refresh_token"});
        let config = config(service.url(), "refresh", &given);
        let run = connector().check(&config);
        assert_eq!(run.exit_code, Some(0), "{run}");
        let answer = &run.all("CONNECTION_STATUS")[0];
        assert_eq!(answer["status"], "FAILED");
        let message = answer["message"].as_str().unwrap();
        assert!(
            message.contains("sign in again") && message.contains("The token **** was revoked"),
            "{message}"
        );
        let run = read(&config, &["items", "more"]);
        assert_eq!(run.exit_code, Some(1), "{run}");
        assert!(run.errors().iter().all(|error| error["failure_type"] == "config_error"), "{run}");
        assert_eq!(run.errors().len(), 2);
        assert_eq!(service.requests().len(), 2, "one by each run");
        assert!(run.all("CONTROL").is_empty(), "{run}");
    }
}

#[test]
fn failing_token_endpoint_is_retried() {
    let service = refusing(503, json!({}));
    let config = config(service.url(), "client", &json!({"client_secret": "s-1"}));
    let run = connector().check(&config);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(run.errors()[0]["failure_type"], "transient_error");
    assert!(run.errors()[0]["message"].as_str().unwrap().starts_with("While signing in"), "{run}");
    assert_eq!(service.requests().len(), 5);

    let count = AtomicU32::new(0);
    let service = service::start(move |request| match count.fetch_add(1, SeqCst) {
        0 => service::json(500, &json!({})),
        _ if service::is_for_a_token(request) => service::json(200, &json!({"access_token": "at-1"})),
        _ => good(),
    });
    let config = super::config(service.url(), "client", &json!({"client_secret": "s-1"}));
    assert_eq!(read(&config, &["items"]).exit_code, Some(0));
}

#[test]
fn redirect_of_a_token_endpoint_is_not_followed() {
    let other = refusing(200, json!({"access_token": "at-1"}));
    let url = format!("{}/token", other.url());
    let service = service::start(move |_| service::json(307, &json!({})).header("Location", &url));
    let run = read(&config(service.url(), "client", &json!({"client_secret": "s-1"})), &["items"]);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!((service.requests().len(), other.requests().len()), (1, 0));
}

#[test]
fn echoed_token_is_blanked_in_every_encoding() {
    // Of characters that each form writes in another way.
    const TOKEN: &str = "a\"cc/ess+to~k\\en?12=";
    const FORMS: [&str; 6] = [
        TOKEN,
        "a\\\"cc/ess+to~k\\\\en?12=",
        "a\\\\\\\"cc/ess+to~k\\\\\\\\en?12=",
        "a%22cc%2Fess%2Bto~k%5Cen%3F12%3D",
        "YSJjYy9lc3MrdG9-a1xlbj8xMj0",
        "YSJjYy9lc3MrdG9+a1xlbj8xMj0=",
    ];
    let service = service::start(|request| {
        if service::is_for_a_token(request) {
            return service::json(200, &json!({"access_token": TOKEN, "refresh_token": format!("{TOKEN}r")}));
        }
        service::json(400, &json!({"message": format!("no such token: {}", FORMS.join(" | "))}))
    });
    for rotates in [None, Some("refresh_token")] {
        let given = json!({"refresh_token": "r-12345", "client_secret": "s", "rotates": rotates});
        let config = config(service.url(), "refresh", &given);
        let run = read(&config, &["items"]);
        assert_eq!(run.exit_code, Some(1), "{run}");
        let (debugged, _) = debugged(&connector(), &config, &["items"]);
        let debugged: Vec<&str> = debugged.lines().filter(|line| !line.contains("\"CONTROL\"")).collect();
        for text in [told(&run), debugged.join("\n")] {
            assert!(text.contains("no such token: ****"), "{text}");
            for form in FORMS {
                assert!(!text.contains(form), "{form} in {text}");
            }
        }
        assert_eq!(run.all("CONTROL").len(), usize::from(rotates.is_some()));
        // A failed assertion shows neither the new token, which CONTROL carries, nor the old one.
        for printed in [run.to_string(), format!("{run:?}")] {
            assert!(!printed.contains("r-12345") && !printed.contains("ess+to"), "{printed}");
        }
        let warned = run.stdout.contains("does not save the new one");
        assert_eq!(warned, rotates.is_none(), "{run}");
    }
}
