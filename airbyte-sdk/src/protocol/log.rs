//! `LOG`: a line for the log of the platform.

use serde::{Deserialize, Serialize};

/// Text with a level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteLogMessage {
    /// How serious it is.
    pub level: LogLevel,
    /// The text.
    pub message: String,
    /// Where it happened, when the text reports an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack_trace: Option<String>,
}

impl AirbyteLogMessage {
    /// `message` at `level`.
    pub fn new(level: LogLevel, message: impl Into<String>) -> Self {
        Self { level, message: message.into(), stack_trace: None }
    }
}

wire_enum! {
    /// The level of a log message, gravest first.
    LogLevel {
        /// The run cannot go on.
        Fatal = "FATAL",
        /// Something failed.
        Error = "ERROR",
        /// Something looks wrong.
        Warn = "WARN",
        /// Progress worth telling.
        Info = "INFO",
        /// Detail for the author of a connector.
        Debug = "DEBUG",
        /// Every step.
        Trace = "TRACE",
    }
}
