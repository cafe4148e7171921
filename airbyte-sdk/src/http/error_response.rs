//! Error responses, and the messages in their bodies.

use serde_json::Value;

/// A response with an error status (300 and above), before it becomes an [`Error`](crate::Error). See
/// [`Http::map_error_response`](super::Http::map_error_response).
#[derive(Debug)]
pub struct ErrorResponse {
    status: u16,
    body: Value,
}

impl ErrorResponse {
    pub(super) fn new(status: u16, body: &[u8]) -> Self {
        Self { status, body: serde_json::from_slice(body).unwrap_or_default() }
    }

    /// Returns the HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the body, if it is JSON; null otherwise.
    pub fn body(&self) -> &Value {
        &self.body
    }

    /// Returns the API's error message. It is looked for in the members that APIs commonly use: `message`, `error`,
    /// `error_description`, `detail`, `title`, the first of `errors`, and `message` within one of those.
    pub fn message(&self) -> Option<&str> {
        message_of(&self.body)
    }

    /// Returns whether the [message](Self::message) contains this text, ignoring case.
    pub fn says(&self, text: &str) -> bool {
        self.message().is_some_and(|message| message.to_lowercase().contains(&text.to_lowercase()))
    }

    /// Returns the ID by which the API's support finds a request, if the body has one.
    pub(super) fn request_id(&self) -> Option<&str> {
        self.body.get("request_id")?.as_str()
    }
}

/// Returns the message of a document that reports an error.
pub(super) fn message_of(document: &Value) -> Option<&str> {
    let text = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
    let message =
        |value| if text(value) { Some(value) } else { value.get("message").filter(|inner| text(inner)) };
    let keys = ["message", "error", "error_description", "detail", "title"].iter();
    let found = keys.filter_map(|&key| document.get(key)).find_map(message);
    let found = found.or_else(|| message(document.get("errors")?.get(0)?));
    found?.as_str().map(str::trim)
}

/// Returns whether a document has a non-empty member `error` or `errors`, as in GraphQL and many other APIs.
pub(super) fn reports_error(document: &Value) -> bool {
    ["error", "errors"].iter().filter_map(|&key| document.get(key)).any(|error| match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(errors) => !errors.is_empty(),
        Value::Object(errors) => !errors.is_empty(),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_is_found_in_common_error_formats() {
        for (body, message) in [
            (r#"{"status": "ERROR", "error": "Unknown API Key"}"#, Some("Unknown API Key")),
            (r#"{"error": {"code": 1, "message": " deep "}}"#, Some("deep")),
            (r#"{"message": "", "detail": "later"}"#, Some("later")),
            (r#"{"errors": [{"message": "not today"}], "data": null}"#, Some("not today")),
            (r#"{"errors": []}"#, None),
            (r#"["no"]"#, None),
            (r#"{"error": 5}"#, None),
            ("<html>", None),
        ] {
            assert_eq!(ErrorResponse::new(400, body.as_bytes()).message(), message, "{body}");
        }
        let response = ErrorResponse::new(403, br#"{"message": "Today's data before End of Day"}"#);
        assert!(response.says("end of day") && !response.says("end of week"));
    }
}
