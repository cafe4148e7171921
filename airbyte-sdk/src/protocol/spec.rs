//! `SPEC`: the specification of a connector.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{AdvancedAuth, AuthSpecification, DestinationSyncMode};

/// The specification of a connector: its configuration, and what it supports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConnectorSpecification {
    /// The URL of the documentation.
    #[serde(rename = "documentationUrl", skip_serializing_if = "Option::is_none")]
    pub documentation_url: Option<String>,
    /// The URL of the changelog.
    #[serde(rename = "changelogUrl", skip_serializing_if = "Option::is_none")]
    pub changelog_url: Option<String>,
    /// The JSON Schema (draft 7) of the configuration: an object schema.
    #[serde(rename = "connectionSpecification")]
    pub connection_specification: Map<String, Value>,
    /// Whether any stream can be read incrementally. Deprecated.
    #[serde(rename = "supportsIncremental", skip_serializing_if = "Option::is_none")]
    pub supports_incremental: Option<bool>,
    /// Whether normalization is supported, which requires `supports_dbt`. Destinations only.
    #[serde(rename = "supportsNormalization", skip_serializing_if = "Option::is_none")]
    pub supports_normalization: Option<bool>,
    /// Whether dbt is supported. Destinations only.
    #[serde(rename = "supportsDBT", skip_serializing_if = "Option::is_none")]
    pub supports_dbt: Option<bool>,
    /// The supported sync modes. Destinations only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supported_destination_sync_modes: Option<Vec<DestinationSyncMode>>,
    /// The older form of `advanced_auth`. Deprecated.
    #[serde(rename = "authSpecification", skip_serializing_if = "Option::is_none")]
    pub auth_specification: Option<AuthSpecification>,
    /// The OAuth login that the platform can perform, instead of requesting tokens from the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advanced_auth: Option<AdvancedAuth>,
    /// The protocol version of the connector, such as `0.2.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol_version: Option<String>,
}

impl ConnectorSpecification {
    /// Creates a specification with only the schema of the configuration.
    pub fn new(connection_specification: Map<String, Value>) -> Self {
        Self {
            documentation_url: None,
            changelog_url: None,
            connection_specification,
            supports_incremental: None,
            supports_normalization: None,
            supports_dbt: None,
            supported_destination_sync_modes: None,
            auth_specification: None,
            advanced_auth: None,
            protocol_version: None,
        }
    }
}
