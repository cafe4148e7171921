//! `DESTINATION_CATALOG`: what a destination offers. Sources never send it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::DestinationSyncMode;

/// All objects a destination can write to, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DestinationCatalog {
    /// One entry per object and way of writing it.
    pub operations: Vec<DestinationOperation>,
}

impl DestinationCatalog {
    /// A catalog of `operations`.
    pub fn new(operations: Vec<DestinationOperation>) -> Self {
        Self { operations }
    }
}

/// One way of writing one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DestinationOperation {
    /// Name of the object in the destination.
    pub object_name: String,
    /// How records are written to it.
    pub sync_mode: DestinationSyncMode,
    /// JSON Schema of the records it takes.
    pub json_schema: Map<String, Value>,
    /// Keys by which a record finds its counterpart; each is a path of field names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matching_keys: Option<Vec<Vec<String>>>,
}

impl DestinationOperation {
    /// Writing to `object_name` in `sync_mode`, without matching keys.
    pub fn new(
        object_name: impl Into<String>,
        sync_mode: DestinationSyncMode,
        json_schema: Map<String, Value>,
    ) -> Self {
        Self { object_name: object_name.into(), sync_mode, json_schema, matching_keys: None }
    }
}
