//! `CONNECTION_STATUS`: the result of a check.

use serde::{Deserialize, Serialize};

/// The result of a check: whether the configuration works.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteConnectionStatus {
    /// Whether the check succeeded.
    pub status: ConnectionStatus,
    /// The message for the user. The platform shows it if the check failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl AirbyteConnectionStatus {
    /// Creates a result without a message.
    pub fn new(status: ConnectionStatus) -> Self {
        Self { status, message: None }
    }
}

wire_enum! {
    /// Whether a check succeeded.
    ConnectionStatus {
        /// The configuration works.
        Succeeded = "SUCCEEDED",
        /// The configuration does not work.
        Failed = "FAILED",
    }
}
