//! Trouble: what refusals mean, and what is too much.

use crate::recipes::{error_responses, timeouts_and_sizes};
use crate::service::{Service, answer, good};
use airbyte_sdk::protocol::FailureType;
use airbyte_sdk::testing::http;
use serde_json::{Value, json};

#[test]
fn a_refusal_means_what_the_author_says_or_else_what_its_status_says() {
    for (status, body, kind, message) in [
        (404, json!({"code": "pending"}), FailureType::TransientError, "the report is not ready yet"),
        (
            404,
            json!({"error": "no such report"}),
            FailureType::ConfigError,
            "the service refuses the request: no such report (HTTP 404)",
        ),
        (
            402,
            Value::Null,
            FailureType::ConfigError,
            "the plan of the account has no reports; choose another one",
        ),
        (
            500,
            json!({"detail": "there is no such store"}),
            FailureType::ConfigError,
            "there is no such store",
        ),
    ] {
        // What is transient is asked for again, unless that takes too long.
        let service = Service::start([answer(status, "Retry-After: 3600", body)]);
        let error = error_responses::report(&http(), &service.url, "sales").unwrap_err();
        assert_eq!((error.failure_type(), error.message()), (kind, message));
        assert_eq!(service.asked(), ["GET /reports/sales"]);
    }
}

#[test]
fn a_good_answer_has_nothing_to_be_explained() {
    let service = Service::start([good("[1.5]")]);
    assert_eq!(error_responses::report(&http(), &service.url, "sales").unwrap(), [1.5]);
}

#[test]
fn an_answer_may_be_as_large_as_the_limit_says() {
    let megabyte = 1 << 20;
    let report = |size: usize| good(format!("[1{}]", " ".repeat(size - "[1]".len())));
    let service = Service::start([report(megabyte), report(megabyte + 1)]);
    assert_eq!(timeouts_and_sizes::report(&http(), &service.url).unwrap(), [1]);
    let error = timeouts_and_sizes::report(&http(), &service.url).unwrap_err();
    assert_eq!(error.failure_type(), FailureType::SystemError);
    assert!(error.message().ends_with("has more than 1048576 bytes"), "{error}");
    assert_eq!(service.asked(), ["GET /report"; 2]);
}
