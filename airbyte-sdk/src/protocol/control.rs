//! `CONTROL`: requests to the platform.

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A request to the platform, with the time it was emitted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[non_exhaustive]
pub struct AirbyteControlMessage {
    /// When it was emitted, in milliseconds since 1970-01-01 UTC.
    pub emitted_at: f64,
    /// The payload.
    pub control: Control,
}

impl AirbyteControlMessage {
    /// Creates a request emitted at `emitted_at` milliseconds since 1970-01-01 UTC.
    pub fn new(emitted_at: f64, control: impl Into<Control>) -> Self {
        Self { emitted_at, control: control.into() }
    }
}

/// The kinds of requests.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Control {
    /// Saves a changed configuration; type `CONNECTOR_CONFIG`, key `connectorConfig`.
    ConnectorConfig(AirbyteControlConnectorConfigMessage),
}

carried_by! { Control: AirbyteControlConnectorConfigMessage => ConnectorConfig, }

/// The configuration that replaces the saved one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteControlConnectorConfigMessage {
    /// The complete new configuration, including secrets. Fields that are missing here are lost.
    pub config: Map<String, Value>,
}

impl AirbyteControlConnectorConfigMessage {
    /// Creates a request to save `config`.
    pub fn new(config: Map<String, Value>) -> Self {
        Self { config }
    }
}

impl Serialize for AirbyteControlMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(3))?;
        match &self.control {
            Control::ConnectorConfig(payload) => {
                object.serialize_entry("type", "CONNECTOR_CONFIG")?;
                object.serialize_entry("emitted_at", &self.emitted_at)?;
                object.serialize_entry("connectorConfig", payload)?;
            }
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
    #[serde(rename = "connectorConfig")]
    connector_config: Option<AirbyteControlConnectorConfigMessage>,
}

impl TryFrom<Wire> for AirbyteControlMessage {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        let control = match wire.ty.as_str() {
            ty @ "CONNECTOR_CONFIG" => {
                super::required(wire.connector_config, ty, "connectorConfig").map(Control::ConnectorConfig)?
            }
            ty => return Err(super::unknown("control", ty)),
        };
        Ok(Self { emitted_at: wire.emitted_at, control })
    }
}
