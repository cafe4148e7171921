//! Streams: record types with a name, a primary key, a cursor and a schema.

mod binary;
pub(crate) mod column;
mod info;
pub(crate) mod nested;
mod partition;
mod product;
#[cfg(feature = "raw_json")]
mod raw_json;

pub use self::binary::Binary;
pub use self::column::Column;
pub(crate) use self::info::{Resume, StreamInfo};
pub use self::partition::Partition;
pub use self::product::Product;
#[cfg(feature = "raw_json")]
pub use self::raw_json::RawJson;
pub use crate::cursor::{Cursor, CursorField, NoCursor, Order};
#[cfg(feature = "decimal")]
#[doc(no_inline)]
pub use rust_decimal::Decimal;
#[cfg(feature = "uuid")]
#[doc(no_inline)]
pub use uuid::Uuid;

use crate::error::Result;
use crate::protocol::{AirbyteStream, StreamDescriptor};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The type of the records of one stream. Implemented by [`#[airbyte_stream(…)]`](crate::airbyte_stream), or by hand.
///
/// [`Stream::json_schema`] must describe what [`Serialize`] writes: the platform silently drops fields that are not in the
/// schema.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stream",
    label = "add `#[airbyte_stream(name = \"…\")]` to `{Self}`",
    note = "in an `#[airbyte_source] impl` block, each method that takes an `Emitter` or returns an iterator is a stream: move helpers to another `impl` block"
)]
pub trait Stream: Serialize + Sized + 'static {
    /// The type of the cursor field, or [`NoCursor`].
    type Cursor: PartialOrd + Clone + Serialize + DeserializeOwned + Send + Sync + 'static;

    /// The stream's name, unique together with its namespace.
    const NAME: &'static str;

    /// The namespace of the stream, such as a database schema. Most sources have none.
    const NAMESPACE: Option<&'static str> = None;

    /// The paths of the fields that identify a record.
    const PRIMARY_KEY: &'static [&'static [&'static str]] = &[];

    /// The path of the cursor field as serialized; empty if there is none. Joined by dots, it is the key of the cursor value
    /// in a state.
    const CURSOR_FIELD: &'static [&'static str] = &[];

    /// How a record with a null cursor is handled.
    const ON_NULL: OnNull = OnNull::Fail;

    /// The order in which records are emitted.
    const ORDER: Order = Order::Unordered;

    /// How a non-finite number is handled.
    const NOT_FINITE: NotFinite = NotFinite::Null;

    /// Returns the record's JSON Schema (draft 7), an object with `properties`.
    fn json_schema() -> serde_json::Map<String, Value>;

    /// Migrates a state written by an earlier version of this connector, or by another connector.
    ///
    /// Called if the state has no valid cursor value, and is none of
    /// [the Python CDK's](crate::guide::replacing_a_python_connector) that the SDK reads itself. Returns `None` if the format of the state is unknown, which fails the
    /// read: silently starting from the beginning would hide the problem.
    ///
    /// For a partitioned stream, called with the name of each partition, and returns the cursor value of that partition.
    /// `None` means that the partition is not in the state and is read from the beginning; it is an error if that is so for
    /// all partitions.
    ///
    /// # Errors
    ///
    /// Fails if the state has a known format but is damaged.
    fn older_state(_state: &Value, _partition: Option<&str>) -> Result<Option<Self::Cursor>> {
        Ok(None)
    }

    /// Returns the cursor value of this record; `None` if it is null.
    fn cursor(&self) -> Option<&Self::Cursor> {
        None
    }
}

/// How a record with a null cursor is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnNull {
    /// The record is sent and does not advance the position.
    Emit,
    /// The stream fails.
    Fail,
}

/// How a non-finite number (NaN, infinity) is handled, which JSON cannot represent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotFinite {
    /// The number is written as null and listed in the record's `meta.changes`.
    Null,
    /// The stream fails.
    Fail,
}

impl AirbyteStream {
    /// Returns the name and namespace.
    pub(crate) fn descriptor(&self) -> StreamDescriptor {
        let mut descriptor = StreamDescriptor::new(&self.name);
        descriptor.namespace = self.namespace.clone().filter(|namespace| !namespace.is_empty());
        descriptor
    }
}

impl StreamDescriptor {
    /// Returns the descriptor without an empty namespace, so that equal streams have equal descriptors.
    pub(crate) fn normalized(&self) -> Self {
        let namespace = self.namespace.clone().filter(|namespace| !namespace.is_empty());
        Self { name: self.name.clone(), namespace }
    }

    /// Returns whether both refer to the same stream. An empty namespace equals none.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        let namespace = |descriptor: &Self| descriptor.namespace.clone().unwrap_or_default();
        self.name == other.name && namespace(self) == namespace(other)
    }
}
