//! Scripts of faults that many tests need.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::answer::Answer;
use crate::settings::Fault;

/// The first so many requests get this answer.
pub fn first(count: usize, answer: Answer) -> Fault {
    Arc::new(move |number, _| (number < count).then(|| answer.clone()))
}

/// Every page after the first gets this answer.
pub fn on_later_pages(answer: Answer) -> Fault {
    Arc::new(move |_, request| request.query().contains("cursor=").then(|| answer.clone()))
}

/// Every answer begins so much later.
pub fn slow_first_byte(wait: Duration) -> Fault {
    Arc::new(move |_, _| {
        thread::sleep(wait);
        None
    })
}

/// Every request is refused with this status, in a text that repeats the key.
pub fn echo_key(status: u16) -> Fault {
    Arc::new(move |_, request| {
        let key = request.api_key().unwrap_or_default();
        let text = format!("no luck with Bearer {key} at {}", request.target);
        Some(Answer::json(status, &serde_json::json!({"status": "ERROR", "error": text})))
    })
}
