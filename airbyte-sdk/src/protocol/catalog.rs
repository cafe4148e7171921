//! `CATALOG`: the available streams, and those the user selected.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The available streams of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteCatalog {
    /// The streams. The pair of name and namespace is unique.
    pub streams: Vec<AirbyteStream>,
}

impl AirbyteCatalog {
    /// Creates a catalog.
    pub fn new(streams: Vec<AirbyteStream>) -> Self {
        Self { streams }
    }
}

/// One stream: its schema, and how it can be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteStream {
    /// The name of the stream.
    pub name: String,
    /// The JSON Schema (draft 7) of the records: an object schema with `properties`.
    pub json_schema: Map<String, Value>,
    /// How the stream can be read: at least one mode.
    pub supported_sync_modes: Vec<SyncMode>,
    /// Whether the source defines the cursor, and the user cannot choose one. Must be set on every resumable stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_defined_cursor: Option<bool>,
    /// The path of field names to the cursor that is used unless the user chooses another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_cursor_field: Option<Vec<String>>,
    /// The primary key defined by the source; each element is a path of field names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_defined_primary_key: Option<Vec<Vec<String>>>,
    /// The group of the stream, such as a database schema; `None` if the source has no groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Whether an interrupted read can be resumed from the stream's state; true for every incremental stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_resumable: Option<bool>,
    /// Whether the records describe files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_file_based: Option<bool>,
}

impl AirbyteStream {
    /// Creates a stream without a namespace, cursor or primary key.
    pub fn new(
        name: impl Into<String>,
        json_schema: Map<String, Value>,
        supported_sync_modes: Vec<SyncMode>,
    ) -> Self {
        Self {
            name: name.into(),
            json_schema,
            supported_sync_modes,
            source_defined_cursor: None,
            default_cursor_field: None,
            source_defined_primary_key: None,
            namespace: None,
            is_resumable: None,
            is_file_based: None,
        }
    }
}

/// The streams selected by the user, which are the input of a read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConfiguredAirbyteCatalog {
    /// The selected streams.
    pub streams: Vec<ConfiguredAirbyteStream>,
}

impl ConfiguredAirbyteCatalog {
    /// Creates a configured catalog.
    pub fn new(streams: Vec<ConfiguredAirbyteStream>) -> Self {
        Self { streams }
    }
}

/// One selected stream, and how to read and write it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConfiguredAirbyteStream {
    /// The stream as discovered, except that its schema contains only the selected fields.
    pub stream: AirbyteStream,
    /// How the source reads the stream.
    pub sync_mode: SyncMode,
    /// The path of field names to the cursor, for an incremental read whose cursor the user chooses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor_field: Option<Vec<String>>,
    /// How the destination writes the stream. Sources ignore it.
    pub destination_sync_mode: DestinationSyncMode,
    /// The name of the object the destination writes to, if it is not derived from the stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_object_name: Option<String>,
    /// The primary key by which the destination removes duplicates; each element is a path of field names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<Vec<Vec<String>>>,
    /// The generation of the stream, which increases whenever the stream is read from the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation_id: Option<i64>,
    /// The destination deletes records of generations below this one; 0 deletes none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_generation_id: Option<i64>,
    /// The id of the sync, which increases with every sync.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sync_id: Option<i64>,
    /// Whether to transfer the files themselves, in a stream of files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_files: Option<bool>,
}

impl ConfiguredAirbyteStream {
    /// Selects `stream` without a cursor, primary key or ids.
    pub fn new(
        stream: AirbyteStream,
        sync_mode: SyncMode,
        destination_sync_mode: DestinationSyncMode,
    ) -> Self {
        Self {
            stream,
            sync_mode,
            cursor_field: None,
            destination_sync_mode,
            destination_object_name: None,
            primary_key: None,
            generation_id: None,
            minimum_generation_id: None,
            sync_id: None,
            include_files: None,
        }
    }
}

wire_enum! {
    /// How a source reads a stream.
    SyncMode {
        /// All records, in every sync.
        FullRefresh = "full_refresh",
        /// Only records that are new or changed since the last state.
        Incremental = "incremental",
    }
}

wire_enum! {
    /// How a destination writes a stream.
    DestinationSyncMode {
        /// Adds the records to the existing ones.
        Append = "append",
        /// Replaces the existing records.
        Overwrite = "overwrite",
        /// Adds the records, and keeps one per primary key.
        AppendDedup = "append_dedup",
        /// Updates the records with the same keys.
        Update = "update",
        /// Marks the records with the same keys as deleted.
        SoftDelete = "soft_delete",
    }
}
