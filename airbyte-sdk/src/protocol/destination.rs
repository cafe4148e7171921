//! `DESTINATION_CATALOG`: the objects of a destination. Sources never send it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::DestinationSyncMode;

/// The objects that a destination can write to, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DestinationCatalog {
    /// One entry per object and sync mode.
    pub operations: Vec<DestinationOperation>,
}

impl DestinationCatalog {
    /// Creates a catalog.
    pub fn new(operations: Vec<DestinationOperation>) -> Self {
        Self { operations }
    }
}

/// One object with one sync mode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DestinationOperation {
    /// The name of the object in the destination.
    pub object_name: String,
    /// How records are written to it.
    pub sync_mode: DestinationSyncMode,
    /// The JSON Schema of the records it accepts.
    pub json_schema: Map<String, Value>,
    /// The keys that match a record with an existing one; each is a path of field names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matching_keys: Option<Vec<Vec<String>>>,
}

impl DestinationOperation {
    /// Creates an operation without matching keys.
    pub fn new(
        object_name: impl Into<String>,
        sync_mode: DestinationSyncMode,
        json_schema: Map<String, Value>,
    ) -> Self {
        Self { object_name: object_name.into(), sync_mode, json_schema, matching_keys: None }
    }
}
