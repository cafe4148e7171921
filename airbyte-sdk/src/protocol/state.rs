//! `STATE`: what must be remembered for the next read to go on.

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::required;

/// Free JSON that only its connector understands.
pub type AirbyteStateBlob = Map<String, Value>;

/// Where a stream, or the source as a whole, stands; it covers the records sent before it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[non_exhaustive]
pub struct AirbyteStateMessage {
    /// The state itself.
    pub state: State,
    /// Counts of the source; wire name `sourceStats`.
    pub source_stats: Option<AirbyteStateStats>,
    /// Counts of the destination; wire name `destinationStats`.
    pub destination_stats: Option<AirbyteStateStats>,
}

impl AirbyteStateMessage {
    /// The state of one stream; type `STREAM`.
    pub fn stream(state: AirbyteStreamState) -> Self {
        Self { state: State::Stream(state), source_stats: None, destination_stats: None }
    }

    /// The state of all streams at once; type `GLOBAL`.
    pub fn global(state: AirbyteGlobalState) -> Self {
        Self { state: State::Global(state), source_stats: None, destination_stats: None }
    }

    /// The kind of state, as `type` says it.
    pub fn state_type(&self) -> AirbyteStateType {
        match &self.state {
            State::Stream(_) => AirbyteStateType::Stream,
            State::Global(_) => AirbyteStateType::Global,
            State::Legacy(_) => AirbyteStateType::Legacy,
        }
    }
}

/// The three kinds of state. One run emits `Stream` or `Global`, never both.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum State {
    /// State of one stream; key `stream`.
    Stream(AirbyteStreamState),
    /// State of all streams and what they share; key `global`.
    Global(AirbyteGlobalState),
    /// One blob for the whole connector, under `data`. It is read, never made: the platform refuses it.
    ///
    /// ```
    /// # use airbyte_sdk::protocol::{AirbyteStateMessage, State};
    /// # fn main() -> Result<(), serde_json::Error> {
    /// let message: AirbyteStateMessage = serde_json::from_str(r#"{"data": {}}"#)?;
    /// assert!(matches!(message.state, State::Legacy { .. }));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// ```compile_fail
    /// # use airbyte_sdk::protocol::State;
    /// let state = State::Legacy(Default::default()); // private
    /// ```
    #[non_exhaustive]
    Legacy(AirbyteStateBlob),
}

wire_enum! {
    /// The word in `type` of a state. An absent `type` means `LEGACY`.
    AirbyteStateType {
        /// One state for all streams.
        Global = "GLOBAL",
        /// One state per stream.
        Stream = "STREAM",
        /// One blob, from before streams had their own state.
        Legacy = "LEGACY",
    }
}

impl Serialize for AirbyteStateMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("type", &self.state_type())?;
        match &self.state {
            State::Stream(state) => object.serialize_entry("stream", state)?,
            State::Global(state) => object.serialize_entry("global", state)?,
            State::Legacy(data) => object.serialize_entry("data", data)?,
        }
        if let Some(stats) = &self.source_stats {
            object.serialize_entry("sourceStats", stats)?;
        }
        if let Some(stats) = &self.destination_stats {
            object.serialize_entry("destinationStats", stats)?;
        }
        object.end()
    }
}

/// The message as it arrives, before `type` has been held against the payload.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(rename = "type")]
    ty: Option<AirbyteStateType>,
    stream: Option<AirbyteStreamState>,
    global: Option<AirbyteGlobalState>,
    data: Option<AirbyteStateBlob>,
    source_stats: Option<AirbyteStateStats>,
    destination_stats: Option<AirbyteStateStats>,
}

impl TryFrom<Wire> for AirbyteStateMessage {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        let Wire { ty, stream, global, data, source_stats, destination_stats } = wire;
        let state = match ty {
            Some(AirbyteStateType::Stream) => required(stream, "STREAM", "stream").map(State::Stream)?,
            Some(AirbyteStateType::Global) => required(global, "GLOBAL", "global").map(State::Global)?,
            Some(AirbyteStateType::Legacy) => required(data, "LEGACY", "data").map(State::Legacy)?,
            Some(AirbyteStateType::Unrecognized(word)) => return Err(super::unknown("state", &word)),
            None => {
                let missing = "missing field `data`, which a state without `type` must have";
                State::Legacy(data.ok_or(missing)?)
            }
        };
        Ok(Self { state, source_stats, destination_stats })
    }
}

/// The state of one stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteStreamState {
    /// The stream.
    pub stream_descriptor: StreamDescriptor,
    /// What its connector wants to find again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_state: Option<AirbyteStateBlob>,
}

impl AirbyteStreamState {
    /// A stream that remembers nothing yet.
    pub fn new(stream_descriptor: StreamDescriptor) -> Self {
        Self { stream_descriptor, stream_state: None }
    }
}

/// The state of all streams, and what they share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteGlobalState {
    /// What belongs to no single stream, such as a position in a change log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_state: Option<AirbyteStateBlob>,
    /// One entry per stream.
    pub stream_states: Vec<AirbyteStreamState>,
}

impl AirbyteGlobalState {
    /// The states of all streams, with nothing shared.
    pub fn new(stream_states: Vec<AirbyteStreamState>) -> Self {
        Self { shared_state: None, stream_states }
    }
}

/// What tells one stream from another: its name and namespace.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StreamDescriptor {
    /// Name of the stream.
    pub name: String,
    /// Namespace of the stream; absent when it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

impl StreamDescriptor {
    /// A stream without a namespace.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), namespace: None }
    }
}

/// How many records a state covers. Whole numbers, held as `f64` because the wire wants a decimal point.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AirbyteStateStats {
    /// Records sent since the previous state of this stream (or, for a global state, of the source).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_count: Option<f64>,
    /// Records turned away since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected_record_count: Option<f64>,
}

impl AirbyteStateStats {
    /// Stats of `record_count` records; `default()` has no count, which the platform does not expect.
    pub fn new(record_count: f64) -> Self {
        Self { record_count: Some(record_count), rejected_record_count: None }
    }
}
