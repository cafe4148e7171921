//! The properties of a stream, as a value.

use super::{NotFinite, OnNull, Order, Stream};
use crate::protocol::{AirbyteStream, SyncMode};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The properties of a stream. The emitter and the sync loop use this value rather than the constants of a type, so that
/// they also work for streams known only at run time.
#[derive(Clone)]
pub(crate) struct StreamInfo {
    pub(crate) name: Cow<'static, str>,
    namespace: Option<Cow<'static, str>>,
    primary_key: Vec<Path>,
    cursor_field: Path,
    pub(crate) on_null: OnNull,
    pub(crate) order: Order,
    pub(crate) not_finite: NotFinite,
    /// The key that names a partition in states of the Python CDK.
    pub(crate) partition_key: Option<&'static str>,
}

/// The path of a field.
type Path = Vec<Cow<'static, str>>;

/// Where a read of a stream can be resumed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resume {
    /// Not at all.
    Never,
    /// After the partitions that an interrupted read has finished.
    Partitions,
    /// At the position of the cursor.
    Cursor,
}

impl StreamInfo {
    pub(crate) fn of<T: Stream>() -> Self {
        let path = |names: &[&'static str]| names.iter().map(|&name| Cow::Borrowed(name)).collect();
        Self {
            name: T::NAME.into(),
            namespace: T::NAMESPACE.map(Cow::Borrowed),
            primary_key: T::PRIMARY_KEY.iter().map(|field| path(field)).collect(),
            cursor_field: path(T::CURSOR_FIELD),
            on_null: T::ON_NULL,
            order: T::ORDER,
            not_finite: T::NOT_FINITE,
            partition_key: None,
        }
    }

    /// Returns whether the stream has a cursor field.
    pub(crate) fn has_cursor(&self) -> bool {
        !self.cursor_field.is_empty()
    }

    /// Returns the key of the cursor value in a state.
    pub(crate) fn state_key(&self) -> Option<String> {
        self.has_cursor().then(|| self.cursor_field.join("."))
    }

    /// Returns the stream as the catalog lists it.
    pub(crate) fn describe(&self, schema: Map<String, Value>, resume: Resume) -> AirbyteStream {
        let incremental = resume == Resume::Cursor;
        let mut modes = vec![SyncMode::FullRefresh];
        if incremental {
            modes.push(SyncMode::Incremental);
        }
        let owned = |path: &Path| path.iter().map(|name| name.clone().into_owned()).collect();
        let mut stream = AirbyteStream::new(self.name.clone(), schema, modes);
        stream.namespace = self.namespace.clone().map(Cow::into_owned);
        if !self.primary_key.is_empty() {
            stream.source_defined_primary_key = Some(self.primary_key.iter().map(owned).collect());
        }
        if incremental && self.has_cursor() {
            stream.source_defined_cursor = Some(true);
            stream.default_cursor_field = Some(owned(&self.cursor_field));
        }
        if resume != Resume::Never {
            stream.is_resumable = Some(true);
        }
        stream
    }
}
