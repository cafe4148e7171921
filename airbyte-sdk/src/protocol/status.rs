//! `CONNECTION_STATUS`: the answer of a check.

use serde::{Deserialize, Serialize};

/// Whether the connector can work with the config it was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteConnectionStatus {
    /// Yes or no.
    pub status: ConnectionStatus,
    /// Why, in words for the user; on failure it is shown to them as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl AirbyteConnectionStatus {
    /// An answer without a message.
    pub fn new(status: ConnectionStatus) -> Self {
        Self { status, message: None }
    }
}

wire_enum! {
    /// The outcome of a check.
    ConnectionStatus {
        /// The connector can work with this config.
        Succeeded = "SUCCEEDED",
        /// It cannot.
        Failed = "FAILED",
    }
}
