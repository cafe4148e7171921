//! A request for a token, as it is sent: perhaps minutes after it was made, and perhaps more than once.

use crate::error::Result;
use crate::http::Client;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

pub(in crate::http) struct TokenRequest {
    /// Whether it may use up the refresh token.
    rotates: bool,
    left: Mutex<Duration>,
}

impl TokenRequest {
    pub(super) fn new(rotates: bool) -> Self {
        Self { rotates, left: Mutex::default() }
    }

    /// To be asked right before each attempt leaves: not when the run has ended.
    pub(in crate::http) fn leaves(&self, client: &Client) -> Result<()> {
        if let Some(config) = &client.config {
            config.before_token_request(self.rotates)?;
        }
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = client.clock.now();
        Ok(())
    }

    /// An attempt brought nothing, and there may be another.
    pub(in crate::http) fn failed(&self, client: &Client) {
        if let Some(config) = &client.config {
            config.token_request_failed(self.rotates);
        }
    }

    /// When the last attempt left: no token that came of it is older.
    pub(super) fn left(&self) -> Duration {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
