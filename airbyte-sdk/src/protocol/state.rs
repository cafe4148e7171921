//! `STATE`: what the next read needs to resume.

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::required;

/// An arbitrary JSON object whose meaning is defined by the connector.
pub type AirbyteStateBlob = Map<String, Value>;

/// The state of a stream, or of the whole source. It covers the records sent before it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[non_exhaustive]
pub struct AirbyteStateMessage {
    /// The state itself.
    pub state: State,
    /// The counts of the source; serialized as `sourceStats`.
    pub source_stats: Option<AirbyteStateStats>,
    /// The counts of the destination; serialized as `destinationStats`.
    pub destination_stats: Option<AirbyteStateStats>,
}

impl AirbyteStateMessage {
    /// Creates the state of one stream; type `STREAM`.
    pub fn stream(state: AirbyteStreamState) -> Self {
        Self { state: State::Stream(state), source_stats: None, destination_stats: None }
    }

    /// Creates the state of all streams at once; type `GLOBAL`.
    pub fn global(state: AirbyteGlobalState) -> Self {
        Self { state: State::Global(state), source_stats: None, destination_stats: None }
    }

    /// Returns the value of `type`.
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
    /// The state of one stream; key `stream`.
    Stream(AirbyteStreamState),
    /// The state of all streams, and their shared state; key `global`.
    Global(AirbyteGlobalState),
    /// One object for the whole connector; key `data`. It can be read but not created, because the platform rejects it.
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
    /// The `type` of a state. An absent `type` means `LEGACY`.
    AirbyteStateType {
        /// One state for all streams.
        Global = "GLOBAL",
        /// One state per stream.
        Stream = "STREAM",
        /// One object for the whole connector, from before streams had their own state.
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

/// The message, before the payload is selected by `type`.
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
            Some(AirbyteStateType::Unrecognized(value)) => return Err(super::unknown("state", &value)),
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
    /// The state that the connector receives again in the next read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_state: Option<AirbyteStateBlob>,
}

impl AirbyteStreamState {
    /// Creates the state of a stream that has none yet.
    pub fn new(stream_descriptor: StreamDescriptor) -> Self {
        Self { stream_descriptor, stream_state: None }
    }
}

/// The state of all streams, and their shared state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteGlobalState {
    /// The state that belongs to no single stream, such as a position in a change log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_state: Option<AirbyteStateBlob>,
    /// One entry per stream.
    pub stream_states: Vec<AirbyteStreamState>,
}

impl AirbyteGlobalState {
    /// Creates the state of all streams, without a shared state.
    pub fn new(stream_states: Vec<AirbyteStreamState>) -> Self {
        Self { shared_state: None, stream_states }
    }
}

/// The identity of a stream: its name and namespace.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StreamDescriptor {
    /// The name of the stream.
    pub name: String,
    /// The namespace of the stream, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

impl StreamDescriptor {
    /// Creates a descriptor without a namespace.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), namespace: None }
    }
}

/// The number of records that a state covers. The integers are `f64` because the protocol requires a decimal point.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AirbyteStateStats {
    /// The number of records sent since the previous state of this stream (for a global state: of the source).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_count: Option<f64>,
    /// The number of records rejected since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected_record_count: Option<f64>,
}

impl AirbyteStateStats {
    /// Creates the stats of `record_count` records. `default()` has no count, which the platform does not expect.
    pub fn new(record_count: f64) -> Self {
        Self { record_count: Some(record_count), rejected_record_count: None }
    }
}
