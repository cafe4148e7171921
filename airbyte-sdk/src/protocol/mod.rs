//! The Airbyte protocol: one type per object of the published schema, with the same name.
//!
//! Deserialization is lenient: unknown fields are ignored, `null` means that an optional field is absent, and an unknown
//! enum value is kept as `Unrecognized`. Only a `type` that selects the payload must be known. Serialization is strict:
//! absent fields are omitted, never written as `null`.

use serde::Deserialize;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Declares an enum that is serialized as one fixed string per variant.
macro_rules! wire_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])+ $variant:ident = $wire:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])+ $variant,)+
            /// A value of a newer protocol version, unchanged.
            Unrecognized(String),
        }

        impl $name {
            /// Returns the value as it is serialized.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)+
                    Self::Unrecognized(value) => value,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = String::deserialize(deserializer)?;
                Ok(match value.as_str() {
                    $($wire => Self::$variant,)+
                    _ => Self::Unrecognized(value),
                })
            }
        }
    };
}

/// Implements `From` of each payload for the enum that contains it.
macro_rules! carried_by {
    ($target:ident: $($payload:ident => $variant:ident,)+) => {
        $(impl From<$payload> for $target {
            fn from(payload: $payload) -> Self {
                Self::$variant(payload.into())
            }
        })+
    };
}

mod catalog;
mod control;
mod destination;
mod log;
mod oauth;
mod record;
mod spec;
mod state;
mod status;
mod stream_status;
mod trace;

pub use catalog::{
    AirbyteCatalog, AirbyteStream, ConfiguredAirbyteCatalog, ConfiguredAirbyteStream, DestinationSyncMode,
    SyncMode,
};
pub use control::{AirbyteControlConnectorConfigMessage, AirbyteControlMessage, Control};
pub use destination::{DestinationCatalog, DestinationOperation};
pub use log::{AirbyteLogMessage, LogLevel};
pub use oauth::{
    AdvancedAuth, AuthFlowType, AuthSpecification, AuthType, OAuth2Specification, OAuthConfigSpecification,
    OAuthConnectorInputSpecification, OAuthStateLength, RootObjectStep,
};
pub use record::{
    AirbyteRecordMessage, AirbyteRecordMessageFileReference, AirbyteRecordMessageMeta,
    AirbyteRecordMessageMetaChange, RecordChange, RecordChangeReason,
};
pub use spec::ConnectorSpecification;
pub use state::{
    AirbyteGlobalState, AirbyteStateBlob, AirbyteStateMessage, AirbyteStateStats, AirbyteStateType,
    AirbyteStreamState, State, StreamDescriptor,
};
pub use status::{AirbyteConnectionStatus, ConnectionStatus};
pub use stream_status::{
    AirbyteStreamStatus, AirbyteStreamStatusRateLimitedReason, AirbyteStreamStatusReason,
    AirbyteStreamStatusReasonType, AirbyteStreamStatusTraceMessage,
};
pub use trace::{
    AirbyteAnalyticsTraceMessage, AirbyteErrorTraceMessage, AirbyteEstimateTraceMessage, AirbyteTraceMessage,
    EstimateType, FailureType, Trace,
};

/// One message, which is one line of output: `{"type": "RECORD", "record": {…}}`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[non_exhaustive]
pub enum AirbyteMessage {
    /// One record of a stream; type `RECORD`, key `record`.
    Record(AirbyteRecordMessage),
    /// The state of a stream, or of the whole source; type `STATE`, key `state`.
    State(AirbyteStateMessage),
    /// A log message; type `LOG`, key `log`.
    Log(AirbyteLogMessage),
    /// The connector's specification; type `SPEC`, key `spec`.
    Spec(Box<ConnectorSpecification>),
    /// The result of a check; type `CONNECTION_STATUS`, key `connectionStatus`.
    ConnectionStatus(AirbyteConnectionStatus),
    /// The available streams; type `CATALOG`, key `catalog`.
    Catalog(AirbyteCatalog),
    /// An error, a stream status, an estimate or analytics; type `TRACE`, key `trace`.
    Trace(AirbyteTraceMessage),
    /// A request to the platform; type `CONTROL`, key `control`.
    Control(AirbyteControlMessage),
    /// The objects of a destination; type `DESTINATION_CATALOG`, key `destination_catalog`.
    DestinationCatalog(DestinationCatalog),
}

impl Serialize for AirbyteMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Record(payload) => write(serializer, "RECORD", "record", payload),
            Self::State(payload) => write(serializer, "STATE", "state", payload),
            Self::Log(payload) => write(serializer, "LOG", "log", payload),
            Self::Spec(payload) => write(serializer, "SPEC", "spec", payload),
            Self::ConnectionStatus(payload) => {
                write(serializer, "CONNECTION_STATUS", "connectionStatus", payload)
            }
            Self::Catalog(payload) => write(serializer, "CATALOG", "catalog", payload),
            Self::Trace(payload) => write(serializer, "TRACE", "trace", payload),
            Self::Control(payload) => write(serializer, "CONTROL", "control", payload),
            Self::DestinationCatalog(payload) => {
                write(serializer, "DESTINATION_CATALOG", "destination_catalog", payload)
            }
        }
    }
}

fn write<S: Serializer>(
    serializer: S,
    value: &str,
    key: &str,
    payload: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    let mut object = serializer.serialize_map(Some(2))?;
    object.serialize_entry("type", value)?;
    object.serialize_entry(key, payload)?;
    object.end()
}

/// The envelope, before the payload is selected by `type`.
#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "type")]
    ty: String,
    record: Option<AirbyteRecordMessage>,
    state: Option<AirbyteStateMessage>,
    log: Option<AirbyteLogMessage>,
    spec: Option<Box<ConnectorSpecification>>,
    #[serde(rename = "connectionStatus")]
    connection_status: Option<AirbyteConnectionStatus>,
    catalog: Option<AirbyteCatalog>,
    trace: Option<AirbyteTraceMessage>,
    control: Option<AirbyteControlMessage>,
    destination_catalog: Option<DestinationCatalog>,
}

impl TryFrom<Wire> for AirbyteMessage {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        let ty = wire.ty.as_str();
        match ty {
            "RECORD" => required(wire.record, ty, "record").map(Self::Record),
            "STATE" => required(wire.state, ty, "state").map(Self::State),
            "LOG" => required(wire.log, ty, "log").map(Self::Log),
            "SPEC" => required(wire.spec, ty, "spec").map(Self::Spec),
            "CONNECTION_STATUS" => {
                required(wire.connection_status, ty, "connectionStatus").map(Self::ConnectionStatus)
            }
            "CATALOG" => required(wire.catalog, ty, "catalog").map(Self::Catalog),
            "TRACE" => required(wire.trace, ty, "trace").map(Self::Trace),
            "CONTROL" => required(wire.control, ty, "control").map(Self::Control),
            "DESTINATION_CATALOG" => {
                required(wire.destination_catalog, ty, "destination_catalog").map(Self::DestinationCatalog)
            }
            _ => Err(unknown("message", ty)),
        }
    }
}

/// Returns the payload that type `ty` requires under `key`.
fn required<T>(payload: Option<T>, ty: &str, key: &str) -> Result<T, String> {
    payload.ok_or_else(|| format!("missing field `{key}`, which type `{ty}` requires"))
}

/// Returns the error for an unknown type, whose payload cannot be represented.
fn unknown(what: &str, ty: &str) -> String {
    format!("unknown {what} type `{ty}`")
}

carried_by! { AirbyteMessage:
    AirbyteRecordMessage => Record,
    AirbyteStateMessage => State,
    AirbyteLogMessage => Log,
    ConnectorSpecification => Spec,
    AirbyteConnectionStatus => ConnectionStatus,
    AirbyteCatalog => Catalog,
    AirbyteTraceMessage => Trace,
    AirbyteControlMessage => Control,
    DestinationCatalog => DestinationCatalog,
}
