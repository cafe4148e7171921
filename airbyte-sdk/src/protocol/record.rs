//! `RECORD`: one record of a stream.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One record, with its stream and the time it was emitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteRecordMessage {
    /// The namespace of the stream, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The name of the stream.
    pub stream: String,
    /// The record, keyed by field name. The platform drops an empty record.
    pub data: Map<String, Value>,
    /// When the record was emitted, in milliseconds since 1970-01-01 UTC.
    pub emitted_at: i64,
    /// The fields that were changed, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<AirbyteRecordMessageMeta>,
    /// The file that the record describes, in a stream of files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_reference: Option<AirbyteRecordMessageFileReference>,
}

impl AirbyteRecordMessage {
    /// Creates a record of `stream`, emitted at `emitted_at` milliseconds since 1970-01-01 UTC.
    pub fn new(stream: impl Into<String>, data: Map<String, Value>, emitted_at: i64) -> Self {
        let stream = stream.into();
        Self { namespace: None, stream, data, emitted_at, meta: None, file_reference: None }
    }
}

/// Metadata of a record.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteRecordMessageMeta {
    /// The fields whose value differs from the source's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<AirbyteRecordMessageMetaChange>>,
}

impl AirbyteRecordMessageMeta {
    /// Creates metadata with these changes. `default()` has no list.
    pub fn new(changes: Vec<AirbyteRecordMessageMetaChange>) -> Self {
        Self { changes: Some(changes) }
    }
}

/// A change to the value of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteRecordMessageMetaChange {
    /// The path of the field.
    pub field: String,
    /// How the value was changed.
    pub change: RecordChange,
    /// Why the value was changed.
    pub reason: RecordChangeReason,
}

impl AirbyteRecordMessageMetaChange {
    /// Creates a change of `field`.
    pub fn new(field: impl Into<String>, change: RecordChange, reason: RecordChangeReason) -> Self {
        Self { field: field.into(), change, reason }
    }
}

wire_enum! {
    /// How the value of a field was changed.
    RecordChange {
        /// The value was replaced by null.
        Nulled = "NULLED",
        /// The value was shortened.
        Truncated = "TRUNCATED",
    }
}

wire_enum! {
    /// Why the value of a field was changed, and by which component. A source uses only the `Source…` reasons.
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

/// The location of a record's file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AirbyteRecordMessageFileReference {
    /// The absolute path of the copy in the staging area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staging_file_url: Option<String>,
    /// The path of the original, relative to the root of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_file_relative_path: Option<String>,
    /// The size in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_size_bytes: Option<u64>,
}

impl AirbyteRecordMessageFileReference {
    /// Creates an empty reference.
    pub fn new() -> Self {
        Self::default()
    }
}
