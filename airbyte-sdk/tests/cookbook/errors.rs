//! Error responses and size limits. Nothing here is retried, so no test waits.

use crate::api::{Api, good, response};
use crate::recipes::{error_responses, timeouts_and_sizes};
use airbyte_sdk::protocol::FailureType;
use serde_json::{Value, json};

#[test]
fn error_response_is_mapped_by_the_recipe_or_else_by_its_status() {
    for (status, body, kind, message) in [
        (404, json!({"code": "pending"}), FailureType::TransientError, "the report is not ready yet"),
        (
            404,
            json!({"error": "no such report"}),
            FailureType::ConfigError,
            "the API rejected the request to URL (HTTP 404): \"no such report\"; check the configuration",
        ),
        (
            402,
            Value::Null,
            FailureType::ConfigError,
            "your plan does not include reports; choose another one",
        ),
        (
            500,
            json!({"detail": "there is no such store"}),
            FailureType::ConfigError,
            "there is no such store",
        ),
    ] {
        // A transient error is retried, unless the wait would be too long.
        let api = Api::start([response(status, "Retry-After: 3600", body)]);
        let error = read!(error_responses, api).1.unwrap_err();
        let url = format!("{}/reports/sales", api.url);
        assert_eq!((error.failure_type(), error.message()), (kind, &*message.replace("URL", &url)));
        assert_eq!(api.requested(), ["GET /reports/sales"]);
    }
}

#[test]
fn good_response_is_not_mapped() {
    let api = Api::start([good(json!([{"amount": 1.5}]))]);
    let (sales, end) = read!(error_responses, api);
    end.unwrap();
    assert_eq!(sales, [json!({"amount": 1.5})]);
}

#[test]
fn response_may_be_as_large_as_the_limit() {
    let megabyte = 1 << 20;
    let report = |size: usize| good(format!("[{}]", " ".repeat(size - "[]".len())));
    let api = Api::start([report(megabyte), report(megabyte + 1)]);
    read!(timeouts_and_sizes, api).1.unwrap();
    let error = read!(timeouts_and_sizes, api).1.unwrap_err();
    assert_eq!(error.failure_type(), FailureType::SystemError);
    assert!(
        error
            .message()
            .contains("/report is larger than 1048576 bytes: raise `TransferLimits::max_body_size`"),
        "{error}"
    );
    assert_eq!(api.requested(), ["GET /report"; 2]);
}
