//! The trace `STREAM_STATUS`: the status of a stream.

use serde::{Deserialize, Serialize};

use super::StreamDescriptor;

/// The status of a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteStreamStatusTraceMessage {
    /// The stream.
    pub stream_descriptor: StreamDescriptor,
    /// The status.
    pub status: AirbyteStreamStatus,
    /// The reasons for the status, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Vec<AirbyteStreamStatusReason>>,
}

impl AirbyteStreamStatusTraceMessage {
    /// Creates a status without reasons.
    pub fn new(stream_descriptor: StreamDescriptor, status: AirbyteStreamStatus) -> Self {
        Self { stream_descriptor, status, reasons: None }
    }
}

wire_enum! {
    /// The status of a stream, in the order in which a stream passes them. The last two are mutually exclusive.
    AirbyteStreamStatus {
        /// Reading has started, but no record has been read.
        Started = "STARTED",
        /// At least one record has been read.
        Running = "RUNNING",
        /// All records were read.
        Complete = "COMPLETE",
        /// Reading failed or stopped early.
        Incomplete = "INCOMPLETE",
    }
}

/// A reason for the status of a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteStreamStatusReason {
    /// The kind of reason.
    #[serde(rename = "type")]
    pub ty: AirbyteStreamStatusReasonType,
    /// The details of a rate limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limited: Option<AirbyteStreamStatusRateLimitedReason>,
}

impl AirbyteStreamStatusReason {
    /// Creates a reason without details.
    pub fn new(ty: AirbyteStreamStatusReasonType) -> Self {
        Self { ty, rate_limited: None }
    }
}

wire_enum! {
    /// The kinds of reason.
    AirbyteStreamStatusReasonType {
        /// The connector waits for the API's rate limit.
        RateLimited = "RATE_LIMITED",
    }
}

/// The details of a rate limit.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteStreamStatusRateLimitedReason {
    /// When the rate limit ends, in milliseconds since 1970-01-01 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota_reset: Option<i64>,
}

impl AirbyteStreamStatusRateLimitedReason {
    /// Creates the details of a rate limit with an unknown end.
    pub fn new() -> Self {
        Self::default()
    }
}
