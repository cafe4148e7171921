//! What a stream is: a record type that knows its name, its keys, its schema and its cursor.

mod binary;
pub(crate) mod column;
mod info;
pub(crate) mod nested;
mod partition;
#[cfg(feature = "raw_json")]
mod raw_json;

pub use self::binary::Binary;
pub use self::column::Column;
pub(crate) use self::info::{Resume, StreamInfo};
pub use self::partition::Partition;
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

/// A kind of record. [`#[airbyte_stream(…)]`](crate::airbyte_stream) writes this for a struct; it can be written by
/// hand as well.
///
/// What [`Serialize`] writes and what [`Stream::json_schema`] says must agree: fields that are not in the schema are
/// dropped by the platform without a word.
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

    /// The group the stream belongs to; few sources have one.
    const NAMESPACE: Option<&'static str> = None;

    /// The paths of the fields that identify a record.
    const PRIMARY_KEY: &'static [&'static [&'static str]] = &[];

    /// The path of the cursor field as the record writes it; empty if there is none. In a state the
    /// position stands under this path, joined by dots.
    const CURSOR_FIELD: &'static [&'static str] = &[];

    /// What becomes of a record whose cursor is null.
    const ON_NULL: OnNull = OnNull::Fail;

    /// In which order records are emitted.
    const ORDER: Order = Order::Unordered;

    /// What becomes of a number that is not finite.
    const NOT_FINITE: NotFinite = NotFinite::Null;

    /// The record's JSON Schema (draft 7), an object with `properties`.
    fn json_schema() -> serde_json::Map<String, Value>;

    /// Migrates a state that an earlier version of this connector wrote, or another connector. Called if the state has no
    /// cursor that can be read. Returns `None` if the state has no known format, which is an error of the read: to
    /// start from the beginning without a word would hide that something is wrong.
    ///
    /// For a stream that is read partition by partition it is called with the name of each, and returns the position
    /// of that partition in the state. `None` means that the state does not know the partition, which is then read from
    /// its beginning; it is an error if that is so for all of them.
    ///
    /// # Errors
    ///
    /// If the state has a known format and is damaged.
    fn older_state(_state: &Value, _partition: Option<&str>) -> Result<Option<Self::Cursor>> {
        Ok(None)
    }

    /// The position this record is at.
    fn cursor(&self) -> Option<&Self::Cursor> {
        None
    }
}

/// What becomes of a record whose cursor is null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnNull {
    /// It is sent, and does not move the position.
    Emit,
    /// It is an error of the stream.
    Fail,
}

/// What becomes of a number that is not finite (NaN, infinity), which JSON has no form for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotFinite {
    /// It is written as null, and the record says so in its `meta.changes`.
    Null,
    /// It is an error of the stream.
    Fail,
}

impl AirbyteStream {
    /// Name and namespace.
    pub(crate) fn descriptor(&self) -> StreamDescriptor {
        let mut descriptor = StreamDescriptor::new(&self.name);
        descriptor.namespace = self.namespace.clone().filter(|namespace| !namespace.is_empty());
        descriptor
    }
}

impl StreamDescriptor {
    /// The same stream, with an empty namespace left out: equal for all that mean this stream.
    pub(crate) fn normalized(&self) -> Self {
        let namespace = self.namespace.clone().filter(|namespace| !namespace.is_empty());
        Self { name: self.name.clone(), namespace }
    }

    /// Whether both mean the same stream; an empty namespace is none.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        let namespace = |descriptor: &Self| descriptor.namespace.clone().unwrap_or_default();
        self.name == other.name && namespace(self) == namespace(other)
    }
}
