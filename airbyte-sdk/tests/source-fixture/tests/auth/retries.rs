//! Which responses are retried, and which waits an API can request.

use super::{config, read, server};
use renamed_sdk::testing::server::Response;
use serde_json::{Value, json};

/// Returns the failure type, the message and the number of requests of a read that always gets this response.
fn failure(
    more: &Value,
    streams: &[&str],
    response: impl Fn() -> Response + Send + Sync + 'static,
) -> (String, String, usize) {
    let server = server::start(move |_| response());
    let mut config = config(server.url(), "bearer", more);
    config["api_key"] = "k-1".into();
    let run = read(&config, streams);
    assert_eq!(run.exit_code, Some(1), "{run}");
    let error = run.errors().remove(0);
    let text = |key: &str| error[key].as_str().unwrap().to_owned();
    (text("failure_type"), text("message"), server.requests().len())
}

#[test]
fn every_transient_status_is_retried() {
    for status in
        (400..412).chain(424..427).chain([429, 451, 499]).chain(500..512).chain(520..532).chain([598, 600])
    {
        let (failure_type, message, requests) =
            failure(&json!({}), &["items"], move || server::json(status, &json!({})));
        let expected = match status {
            408 | 425 | 429 | 499 => ("transient_error", 5),
            501 | 505 | 506 | 510 | 511 | 600 => ("system_error", 1),
            500.. => ("transient_error", 5),
            _ => ("config_error", 1),
        };
        assert_eq!((failure_type.as_str(), requests), expected, "{status}: {message}");
        assert!(message.contains(&format!("(HTTP {status})")), "{message}");
    }
}

#[test]
fn error_mapped_to_transient_is_retried() {
    let rejection = || server::json(403, &json!({}));
    let not_yet = json!({"not_yet": 403});
    let (failure_type, message, requests) = failure(&not_yet, &["items"], rejection);
    assert_eq!((&*failure_type, &*message, requests), ("transient_error", "Not ready yet", 5));
    // A rejected POST may have had an effect, so it is not retried.
    assert_eq!(failure(&not_yet, &["more"], rejection).2, 1);
    assert_eq!(failure(&json!({"not_yet": 402}), &["items"], rejection).2, 1);
}

#[test]
fn invalid_retry_after_is_ignored() {
    for value in ["inf", "-inf", "nan", "1e30", "-5", "", "soon", "+3", "1.2.3", "0x10", "infinity"] {
        for status in [429, 503] {
            let (failure_type, message, requests) = failure(&json!({}), &["items"], move || {
                server::json(status, &json!({})).header("Retry-After", value)
            });
            assert_eq!((&*failure_type, requests), ("transient_error", 5), "{value}: {message}");
        }
    }
    for (value, time) in [
        ("3600", "for the next 60 minutes"),
        ("86400", "for the next 1440 minutes"),
        ("86401", "for more than a day"),
        ("99999999999999999999999999999999999999999999", "for more than a day"),
        ("Tue, 31 Dec 2999 23:59:59 GMT", "for more than a day"),
    ] {
        let response = move || server::json(429, &json!({})).header("Retry-After", value);
        let (failure_type, message, requests) = failure(&json!({}), &["items"], response);
        assert_eq!((&*failure_type, requests), ("transient_error", 1), "{value}");
        assert_eq!(message, format!("Rate limit exhausted: the API allows no requests {time}"));
    }
    let reset = |value: &'static str| move || server::json(429, &json!({})).header("RateLimit-Reset", value);
    assert!(failure(&json!({}), &["items"], reset("999999999")).1.ends_with("for more than a day"));
    for value in ["9223372036854775807", "-9223372036854775808", "1e9", ""] {
        assert_eq!(failure(&json!({}), &["items"], reset(value)).2, 5, "{value}");
    }
}
