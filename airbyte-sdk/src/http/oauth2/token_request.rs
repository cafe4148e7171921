//! A token request while it is sent, perhaps several times, and perhaps minutes after it was created.

use crate::error::Result;
use crate::http::Client;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

pub(in crate::http) struct TokenRequest {
    /// Whether the request may use up the refresh token.
    rotates: bool,
    sent_at: Mutex<Duration>,
}

impl TokenRequest {
    pub(super) fn new(rotates: bool) -> Self {
        Self { rotates, sent_at: Mutex::default() }
    }

    /// Must be called right before each attempt is sent. Fails if the run has ended, because a new refresh token could
    /// not be saved.
    pub(in crate::http) fn before_send(&self, client: &Client) -> Result<()> {
        if let Some(config) = &client.config {
            config.before_token_request(self.rotates)?;
        }
        *self.sent_at.lock().unwrap_or_else(PoisonError::into_inner) = client.clock.now();
        Ok(())
    }

    /// Must be called when an attempt has failed and may be repeated.
    pub(in crate::http) fn failed(&self, client: &Client) {
        if let Some(config) = &client.config {
            config.token_request_failed(self.rotates);
        }
    }

    /// Returns when the last attempt was sent. The token of the response is not older.
    pub(super) fn sent_at(&self) -> Duration {
        *self.sent_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
