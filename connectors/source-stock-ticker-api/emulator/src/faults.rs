//! Faults that several tests use.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::answer::Answer;
use crate::settings::Fault;

/// Sends this response to the first `count` requests.
pub fn first(count: usize, answer: Answer) -> Fault {
    Arc::new(move |number, _| (number < count).then(|| answer.clone()))
}

/// Sends this response instead of every page after the first.
pub fn on_later_pages(answer: Answer) -> Fault {
    Arc::new(move |_, request| request.query().contains("cursor=").then(|| answer.clone()))
}

/// Delays every response.
pub fn slow_first_byte(wait: Duration) -> Fault {
    Arc::new(move |_, _| {
        thread::sleep(wait);
        None
    })
}

/// Rejects every request with this status and a message that contains the API key.
pub fn echo_key(status: u16) -> Fault {
    Arc::new(move |_, request| {
        let key = request.api_key().unwrap_or_default();
        let text = format!("rejected Bearer {key} at {}", request.target);
        Some(Answer::json(status, &serde_json::json!({"status": "ERROR", "error": text})))
    })
}
