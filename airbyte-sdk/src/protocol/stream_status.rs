//! The trace message `STREAM_STATUS`: how far a stream is.

use serde::{Deserialize, Serialize};

use super::StreamDescriptor;

/// How far a stream is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteStreamStatusTraceMessage {
    /// The stream.
    pub stream_descriptor: StreamDescriptor,
    /// How far it is.
    pub status: AirbyteStreamStatus,
    /// Why it stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Vec<AirbyteStreamStatusReason>>,
}

impl AirbyteStreamStatusTraceMessage {
    /// A stream has reached `status`, for no particular reason.
    pub fn new(stream_descriptor: StreamDescriptor, status: AirbyteStreamStatus) -> Self {
        Self { stream_descriptor, status, reasons: None }
    }
}

wire_enum! {
    /// How far a stream is, in the order in which a stream passes them; the last two exclude each other.
    AirbyteStreamStatus {
        /// Work has begun, nothing is read yet.
        Started = "STARTED",
        /// Something has been read.
        Running = "RUNNING",
        /// All was read.
        Complete = "COMPLETE",
        /// Reading stopped early.
        Incomplete = "INCOMPLETE",
    }
}

/// Why a stream has its status.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteStreamStatusReason {
    /// The kind of reason.
    #[serde(rename = "type")]
    pub ty: AirbyteStreamStatusReasonType,
    /// More about a rate limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limited: Option<AirbyteStreamStatusRateLimitedReason>,
}

impl AirbyteStreamStatusReason {
    /// A reason without detail.
    pub fn new(ty: AirbyteStreamStatusReasonType) -> Self {
        Self { ty, rate_limited: None }
    }
}

wire_enum! {
    /// The kinds of reason.
    AirbyteStreamStatusReasonType {
        /// The API makes us wait.
        RateLimited = "RATE_LIMITED",
    }
}

/// When a rate limit ends.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteStreamStatusRateLimitedReason {
    /// The end of the limit, in milliseconds since 1970-01-01 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota_reset: Option<i64>,
}

impl AirbyteStreamStatusRateLimitedReason {
    /// A limit whose end is unknown.
    pub fn new() -> Self {
        Self::default()
    }
}
