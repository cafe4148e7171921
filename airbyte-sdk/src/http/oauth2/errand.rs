//! A request for a token, as it is sent: perhaps minutes after it was made, and perhaps more than once.

use crate::http::Client;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

#[derive(Default)]
pub(in crate::http) struct Errand {
    left: Mutex<Duration>,
}

impl Errand {
    /// To be said right before each attempt leaves.
    pub(in crate::http) fn leaves(&self, client: &Client) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = client.clock.now();
    }

    /// When the last attempt left: no token that came of it is older.
    pub(super) fn left(&self) -> Duration {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
