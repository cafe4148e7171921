//! `RECORD`: one object of a stream.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One record, with the stream it belongs to and the moment it was emitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteRecordMessage {
    /// Namespace of the stream; absent when the stream has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Name of the stream.
    pub stream: String,
    /// The record, keyed by field name. The platform drops an empty one.
    pub data: Map<String, Value>,
    /// When the record was emitted, in milliseconds since 1970-01-01 UTC.
    pub emitted_at: i64,
    /// What happened to single fields on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<AirbyteRecordMessageMeta>,
    /// The file this record describes, in a stream of files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_reference: Option<AirbyteRecordMessageFileReference>,
}

impl AirbyteRecordMessage {
    /// A record of `stream`, emitted at `emitted_at` milliseconds since the epoch.
    pub fn new(stream: impl Into<String>, data: Map<String, Value>, emitted_at: i64) -> Self {
        let stream = stream.into();
        Self { namespace: None, stream, data, emitted_at, meta: None, file_reference: None }
    }
}

/// Notes about a record, made while it travels.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteRecordMessageMeta {
    /// The fields whose value is not the one the source had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<AirbyteRecordMessageMetaChange>>,
}

impl AirbyteRecordMessageMeta {
    /// Notes that list `changes`; `default()` has no list at all.
    pub fn new(changes: Vec<AirbyteRecordMessageMetaChange>) -> Self {
        Self { changes: Some(changes) }
    }
}

/// One field that could not be delivered as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteRecordMessageMetaChange {
    /// Name of the field.
    pub field: String,
    /// What was done to its value.
    pub change: RecordChange,
    /// Why it was done.
    pub reason: RecordChangeReason,
}

impl AirbyteRecordMessageMetaChange {
    /// `change` was done to `field` because of `reason`.
    pub fn new(field: impl Into<String>, change: RecordChange, reason: RecordChangeReason) -> Self {
        Self { field: field.into(), change, reason }
    }
}

wire_enum! {
    /// What was done to the value of a field.
    RecordChange {
        /// The value was replaced by null.
        Nulled = "NULLED",
        /// The value was shortened.
        Truncated = "TRUNCATED",
    }
}

wire_enum! {
    /// Why the value of a field was changed, and by whom. A source gives the `Source…` reasons only.
    RecordChangeReason {
        /// The record as a whole was too large for the source.
        SourceRecordSizeLimitation = "SOURCE_RECORD_SIZE_LIMITATION",
        /// The record as a whole was too large for the destination.
        DestinationRecordSizeLimitation = "DESTINATION_RECORD_SIZE_LIMITATION",
        /// The record as a whole was too large for the platform.
        PlatformRecordSizeLimitation = "PLATFORM_RECORD_SIZE_LIMITATION",
        /// The field was too large for the source.
        SourceFieldSizeLimitation = "SOURCE_FIELD_SIZE_LIMITATION",
        /// The field was too large for the destination.
        DestinationFieldSizeLimitation = "DESTINATION_FIELD_SIZE_LIMITATION",
        /// The field was too large for the platform.
        PlatformFieldSizeLimitation = "PLATFORM_FIELD_SIZE_LIMITATION",
        /// The source could not read or write the value.
        SourceSerializationError = "SOURCE_SERIALIZATION_ERROR",
        /// The destination could not read or write the value.
        DestinationSerializationError = "DESTINATION_SERIALIZATION_ERROR",
        /// The platform could not read or write the value.
        PlatformSerializationError = "PLATFORM_SERIALIZATION_ERROR",
        /// The source failed to fetch the value.
        SourceRetrievalError = "SOURCE_RETRIEVAL_ERROR",
        /// The destination could not cast the value to the type of its column.
        DestinationTypecastError = "DESTINATION_TYPECAST_ERROR",
    }
}

/// Where the file of a record lies.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteRecordMessageFileReference {
    /// Absolute path of the copy in the staging area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staging_file_url: Option<String>,
    /// Path of the original, relative to the root of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_file_relative_path: Option<String>,
    /// Size in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_size_bytes: Option<u64>,
}

impl AirbyteRecordMessageFileReference {
    /// A reference with nothing filled in.
    pub fn new() -> Self {
        Self::default()
    }
}
