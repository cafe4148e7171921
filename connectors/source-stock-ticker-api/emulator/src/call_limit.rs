//! The rate limit: counts the calls of the API key.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::response::Response;
use crate::settings::{CallLimit, RetryAfter};

const WINDOW: SignedDuration = SignedDuration::from_secs(60);

/// The times of the calls in the current window.
#[derive(Default)]
pub(crate) struct Calls(VecDeque<Timestamp>);

impl Calls {
    /// Counts a call; returns the error response if the limit is exceeded.
    pub(crate) fn count(&mut self, limit: CallLimit, now: Timestamp) -> Option<Response> {
        while self.0.front().is_some_and(|call| now.duration_since(*call) >= WINDOW) {
            self.0.pop_front();
        }
        let rejected = self.0.len() >= limit.calls;
        if !rejected || limit.rejected_count {
            self.0.push_back(now);
        }
        rejected.then(|| error_response(limit, now))
    }
}

fn error_response(limit: CallLimit, now: Timestamp) -> Response {
    let text = "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to \
                continue. https://polygon.io/pricing";
    let body = serde_json::json!({"status": "ERROR", "request_id": "f0f0f0f0", "error": text});
    let response = if limit.empty_body { Response::text(429, "") } else { Response::json(429, &body) };
    match limit.retry_after {
        RetryAfter::Absent => response,
        RetryAfter::Seconds(seconds) => response.header("Retry-After", seconds.to_string()),
        RetryAfter::Date(seconds) => {
            let date = now.saturating_add(SignedDuration::from_secs(i64::from(seconds))).unwrap_or(now);
            let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&date);
            date.map_or(response.clone(), |date| response.header("Retry-After", date))
        }
    }
}
