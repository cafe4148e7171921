//! `TRACE`: errors, stream statuses, estimates and analytics of a run.

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use super::{AirbyteStreamStatusTraceMessage, StreamDescriptor, required};

/// A trace of a run, with the time it was emitted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[non_exhaustive]
pub struct AirbyteTraceMessage {
    /// When it was emitted, in milliseconds since 1970-01-01 UTC.
    pub emitted_at: f64,
    /// The payload.
    pub trace: Trace,
}

impl AirbyteTraceMessage {
    /// Creates a trace emitted at `emitted_at` milliseconds since 1970-01-01 UTC.
    pub fn new(emitted_at: f64, trace: impl Into<Trace>) -> Self {
        Self { emitted_at, trace: trace.into() }
    }
}

/// The kinds of traces.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Trace {
    /// An error; type `ERROR`, key `error`.
    Error(AirbyteErrorTraceMessage),
    /// The expected amount of data; type `ESTIMATE`, key `estimate`.
    Estimate(AirbyteEstimateTraceMessage),
    /// The status of a stream; type `STREAM_STATUS`, key `stream_status`.
    StreamStatus(AirbyteStreamStatusTraceMessage),
    /// Usage data of the connector; type `ANALYTICS`, key `analytics`.
    Analytics(AirbyteAnalyticsTraceMessage),
}

carried_by! { Trace:
    AirbyteErrorTraceMessage => Error,
    AirbyteEstimateTraceMessage => Estimate,
    AirbyteStreamStatusTraceMessage => StreamStatus,
    AirbyteAnalyticsTraceMessage => Analytics,
}

impl Serialize for AirbyteTraceMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(3))?;
        let ty = match &self.trace {
            Trace::Error(_) => "ERROR",
            Trace::Estimate(_) => "ESTIMATE",
            Trace::StreamStatus(_) => "STREAM_STATUS",
            Trace::Analytics(_) => "ANALYTICS",
        };
        object.serialize_entry("type", ty)?;
        object.serialize_entry("emitted_at", &self.emitted_at)?;
        match &self.trace {
            Trace::Error(payload) => object.serialize_entry("error", payload)?,
            Trace::Estimate(payload) => object.serialize_entry("estimate", payload)?,
            Trace::StreamStatus(payload) => object.serialize_entry("stream_status", payload)?,
            Trace::Analytics(payload) => object.serialize_entry("analytics", payload)?,
        }
        object.end()
    }
}

/// The message, before the payload is selected by `type`.
#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "type")]
    ty: String,
    emitted_at: f64,
    error: Option<AirbyteErrorTraceMessage>,
    estimate: Option<AirbyteEstimateTraceMessage>,
    stream_status: Option<AirbyteStreamStatusTraceMessage>,
    analytics: Option<AirbyteAnalyticsTraceMessage>,
}

impl TryFrom<Wire> for AirbyteTraceMessage {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        let trace = match wire.ty.as_str() {
            ty @ "ERROR" => required(wire.error, ty, "error").map(Trace::Error)?,
            ty @ "ESTIMATE" => required(wire.estimate, ty, "estimate").map(Trace::Estimate)?,
            ty @ "STREAM_STATUS" => {
                required(wire.stream_status, ty, "stream_status").map(Trace::StreamStatus)?
            }
            ty @ "ANALYTICS" => required(wire.analytics, ty, "analytics").map(Trace::Analytics)?,
            ty => return Err(super::unknown("trace", ty)),
        };
        Ok(Self { emitted_at: wire.emitted_at, trace })
    }
}

/// An error, with a message for the user and details for the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteErrorTraceMessage {
    /// The message for the user.
    pub message: String,
    /// The details for developers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_message: Option<String>,
    /// The stack trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack_trace: Option<String>,
    /// The category. The platform treats an absent one as a system error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_type: Option<FailureType>,
    /// The stream that failed, if the error concerns a single stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_descriptor: Option<StreamDescriptor>,
}

impl AirbyteErrorTraceMessage {
    /// Creates an error with only a message for the user.
    pub fn new(message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            message,
            internal_message: None,
            stack_trace: None,
            failure_type: None,
            stream_descriptor: None,
        }
    }
}

wire_enum! {
    /// The category of an error, which decides whether the platform retries the sync.
    FailureType {
        /// A bug, or an unknown cause: retried, and reported.
        SystemError = "system_error",
        /// An error that the user must fix: not retried.
        ConfigError = "config_error",
        /// An error that is likely to pass: retried.
        TransientError = "transient_error",
    }
}

/// An estimate of how much data a sync will transfer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteEstimateTraceMessage {
    /// The name of the stream.
    pub name: String,
    /// What the estimate covers.
    #[serde(rename = "type")]
    pub ty: EstimateType,
    /// The namespace of the stream, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The expected number of records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_estimate: Option<u64>,
    /// The expected number of bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte_estimate: Option<u64>,
}

impl AirbyteEstimateTraceMessage {
    /// Creates an estimate without numbers.
    pub fn new(name: impl Into<String>, ty: EstimateType) -> Self {
        Self { name: name.into(), ty, namespace: None, row_estimate: None, byte_estimate: None }
    }
}

wire_enum! {
    /// What an estimate covers. A sync must not use both.
    EstimateType {
        /// One stream. Preferred.
        Stream = "STREAM",
        /// The sync as a whole, if the streams cannot be distinguished beforehand.
        Sync = "SYNC",
    }
}

/// One item of usage data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteAnalyticsTraceMessage {
    /// The name of the item: a fixed identifier shared by all connectors.
    #[serde(rename = "type")]
    pub ty: String,
    /// The value. A number is written as a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl AirbyteAnalyticsTraceMessage {
    /// Creates an item without a value.
    pub fn new(ty: impl Into<String>) -> Self {
        Self { ty: ty.into(), value: None }
    }
}
