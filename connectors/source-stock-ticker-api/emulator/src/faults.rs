//! Faults that several tests use.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::response::Response;
use crate::settings::Fault;

/// Sends this response to the first `count` requests.
pub fn first(count: usize, response: Response) -> Fault {
    Arc::new(move |number, _| (number < count).then(|| response.clone()))
}

/// Sends this response instead of every page after the first.
pub fn on_later_pages(response: Response) -> Fault {
    Arc::new(move |_, request| request.query().contains("cursor=").then(|| response.clone()))
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
        Some(Response::json(status, &serde_json::json!({"status": "ERROR", "error": text})))
    })
}
