//! `TRACE`: how a run is going.

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use super::{AirbyteStreamStatusTraceMessage, StreamDescriptor, required};

/// News about the run, with the moment it was sent.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[non_exhaustive]
pub struct AirbyteTraceMessage {
    /// When it was emitted, in milliseconds since 1970-01-01 UTC.
    pub emitted_at: f64,
    /// The news itself.
    pub trace: Trace,
}

impl AirbyteTraceMessage {
    /// News sent at `emitted_at` milliseconds since the epoch.
    pub fn new(emitted_at: f64, trace: impl Into<Trace>) -> Self {
        Self { emitted_at, trace: trace.into() }
    }
}

/// The kinds of news.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Trace {
    /// Something failed; type `ERROR`, key `error`.
    Error(AirbyteErrorTraceMessage),
    /// How much there is to read; type `ESTIMATE`, key `estimate`.
    Estimate(AirbyteEstimateTraceMessage),
    /// How far a stream is; type `STREAM_STATUS`, key `stream_status`.
    StreamStatus(AirbyteStreamStatusTraceMessage),
    /// How the connector is used; type `ANALYTICS`, key `analytics`.
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

/// The message as it arrives, before `type` has been held against the payload.
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

/// A failure, told once to the user and once to the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteErrorTraceMessage {
    /// The cause, in words for the user.
    pub message: String,
    /// The cause, in words for the developer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_message: Option<String>,
    /// Where it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack_trace: Option<String>,
    /// Who can help; the platform takes an absent one for a system error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_type: Option<FailureType>,
    /// The stream that failed, where only one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_descriptor: Option<StreamDescriptor>,
}

impl AirbyteErrorTraceMessage {
    /// A failure of which only the message for the user is known.
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
    /// What kind of failure it was, which decides whether the platform tries again.
    FailureType {
        /// A bug, or an unknown cause: tried again, and reported.
        SystemError = "system_error",
        /// Something the user has to put right: not tried again.
        ConfigError = "config_error",
        /// Something that passes by itself: tried again.
        TransientError = "transient_error",
    }
}

/// A guess at how much a sync will move.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteEstimateTraceMessage {
    /// Name of the stream.
    pub name: String,
    /// What the guess is about.
    #[serde(rename = "type")]
    pub ty: EstimateType,
    /// Namespace of the stream; absent when it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Records to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_estimate: Option<u64>,
    /// Bytes to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte_estimate: Option<u64>,
}

impl AirbyteEstimateTraceMessage {
    /// A guess with no numbers yet.
    pub fn new(name: impl Into<String>, ty: EstimateType) -> Self {
        Self { name: name.into(), ty, namespace: None, row_estimate: None, byte_estimate: None }
    }
}

wire_enum! {
    /// What an estimate is about. One sync uses one of them, never both.
    EstimateType {
        /// One stream; the better choice.
        Stream = "STREAM",
        /// The sync as a whole, where streams cannot be told apart beforehand.
        Sync = "SYNC",
    }
}

/// One fact about how the connector is used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteAnalyticsTraceMessage {
    /// Name of the fact: a fixed word, shared by all connectors.
    #[serde(rename = "type")]
    pub ty: String,
    /// The fact; a number is written as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl AirbyteAnalyticsTraceMessage {
    /// A fact that is told by its name alone.
    pub fn new(ty: impl Into<String>) -> Self {
        Self { ty: ty.into(), value: None }
    }
}
