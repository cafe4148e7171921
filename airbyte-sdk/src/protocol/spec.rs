//! `SPEC`: what a connector needs from its user.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{AdvancedAuth, AuthSpecification, DestinationSyncMode};

/// What a connector needs from its user, and what it can do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConnectorSpecification {
    /// Address of the documentation; a URL.
    #[serde(rename = "documentationUrl", skip_serializing_if = "Option::is_none")]
    pub documentation_url: Option<String>,
    /// Address of the list of changes; a URL.
    #[serde(rename = "changelogUrl", skip_serializing_if = "Option::is_none")]
    pub changelog_url: Option<String>,
    /// JSON Schema (draft 7) of the config; an object schema.
    #[serde(rename = "connectionSpecification")]
    pub connection_specification: Map<String, Value>,
    /// Deprecated: whether any stream can be read incrementally.
    #[serde(rename = "supportsIncremental", skip_serializing_if = "Option::is_none")]
    pub supports_incremental: Option<bool>,
    /// Destinations only: whether normalization is supported; it needs `supports_dbt`.
    #[serde(rename = "supportsNormalization", skip_serializing_if = "Option::is_none")]
    pub supports_normalization: Option<bool>,
    /// Destinations only: whether dbt is supported.
    #[serde(rename = "supportsDBT", skip_serializing_if = "Option::is_none")]
    pub supports_dbt: Option<bool>,
    /// Destinations only: the ways of writing they know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supported_destination_sync_modes: Option<Vec<DestinationSyncMode>>,
    /// Deprecated in favour of `advanced_auth`.
    #[serde(rename = "authSpecification", skip_serializing_if = "Option::is_none")]
    pub auth_specification: Option<AuthSpecification>,
    /// How the platform can log the user in, instead of asking for tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advanced_auth: Option<AdvancedAuth>,
    /// Version of the protocol the connector speaks, such as `0.2.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol_version: Option<String>,
}

impl ConnectorSpecification {
    /// A spec that consists of the schema of the config.
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
