//! `CATALOG`: the streams a source offers, and the ones the user chose.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// All streams a source offers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteCatalog {
    /// The streams; no two share both name and namespace.
    pub streams: Vec<AirbyteStream>,
}

impl AirbyteCatalog {
    /// A catalog of `streams`.
    pub fn new(streams: Vec<AirbyteStream>) -> Self {
        Self { streams }
    }
}

/// One kind of record: its schema, and how it can be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteStream {
    /// Name of the stream.
    pub name: String,
    /// JSON Schema (draft 7) of the records; an object schema with `properties`.
    pub json_schema: Map<String, Value>,
    /// How the stream can be read; at least one mode.
    pub supported_sync_modes: Vec<SyncMode>,
    /// Whether the source picks the cursor, so that the user cannot. Set it on every resumable stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_defined_cursor: Option<bool>,
    /// Path of field names to the cursor used unless the user picks another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_cursor_field: Option<Vec<String>>,
    /// Primary key picked by the source; each part is a path of field names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_defined_primary_key: Option<Vec<Vec<String>>>,
    /// Group the stream belongs to, such as a database schema; absent when the source has no groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Whether a read can go on from the stream's state; true for every incremental stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_resumable: Option<bool>,
    /// Whether the records describe files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_file_based: Option<bool>,
}

impl AirbyteStream {
    /// A stream without namespace, cursor or keys.
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

/// The streams the user chose: what a read is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConfiguredAirbyteCatalog {
    /// The chosen streams.
    pub streams: Vec<ConfiguredAirbyteStream>,
}

impl ConfiguredAirbyteCatalog {
    /// A configured catalog of `streams`.
    pub fn new(streams: Vec<ConfiguredAirbyteStream>) -> Self {
        Self { streams }
    }
}

/// One chosen stream, and how to read and write it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConfiguredAirbyteStream {
    /// The stream as it was discovered; its schema holds the chosen fields only.
    pub stream: AirbyteStream,
    /// How the source reads it.
    pub sync_mode: SyncMode,
    /// Path of field names to the cursor, for an incremental read whose cursor the user picks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor_field: Option<Vec<String>>,
    /// How the destination writes it; of no concern to a source.
    pub destination_sync_mode: DestinationSyncMode,
    /// Name of the object the destination writes to, where it is not derived from the stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_object_name: Option<String>,
    /// Primary key the destination removes duplicates by; each part is a path of field names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<Vec<Vec<String>>>,
    /// Grows whenever the stream starts over; syncs that go on share it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation_id: Option<i64>,
    /// Generations below this one are deleted by the destination; 0 deletes none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_generation_id: Option<i64>,
    /// Grows with every sync.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sync_id: Option<i64>,
    /// Whether to move the files themselves, in a stream of files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_files: Option<bool>,
}

impl ConfiguredAirbyteStream {
    /// A choice of `stream` without cursor, keys or ids.
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
        /// Every record, every time.
        FullRefresh = "full_refresh",
        /// Only what is new since the last state.
        Incremental = "incremental",
    }
}

wire_enum! {
    /// How a destination writes a stream.
    DestinationSyncMode {
        /// Adds the records to those already there.
        Append = "append",
        /// Puts the records in the place of those already there.
        Overwrite = "overwrite",
        /// Adds the records and keeps one per primary key.
        AppendDedup = "append_dedup",
        /// Changes the records with the same keys.
        Update = "update",
        /// Marks the records with the same keys as deleted.
        SoftDelete = "soft_delete",
    }
}
