//! `LOG`: messages for the log of the platform.

use serde::{Deserialize, Serialize};

/// A log message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteLogMessage {
    /// The level.
    pub level: LogLevel,
    /// The text of the message.
    pub message: String,
    /// The stack trace of an error, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack_trace: Option<String>,
}

impl AirbyteLogMessage {
    /// Creates a log message without a stack trace.
    pub fn new(level: LogLevel, message: impl Into<String>) -> Self {
        Self { level, message: message.into(), stack_trace: None }
    }
}

wire_enum! {
    /// The level of a log message, most severe first.
    LogLevel {
        /// The run cannot continue.
        Fatal = "FATAL",
        /// Something failed.
        Error = "ERROR",
        /// Something may be wrong.
        Warn = "WARN",
        /// Progress.
        Info = "INFO",
        /// Details for connector developers.
        Debug = "DEBUG",
        /// Every step.
        Trace = "TRACE",
    }
}
