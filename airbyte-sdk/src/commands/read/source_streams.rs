//! The streams of a source without the type of its configuration, so that code that needs no more is compiled once, for size.

use crate::error::Result;
use crate::feed::ToParent;
use crate::protocol::{AirbyteStream, StreamDescriptor};
use crate::source::Source;
use serde_json::{Map, Value};

/// The streams of a source, by their places in it.
pub(super) trait SourceStreams {
    /// Returns the streams as the catalog lists them.
    fn describe(&self) -> Vec<AirbyteStream>;

    /// Returns how the records of its parent are passed to a stream of children.
    fn to_parent(&self, stream: usize) -> Option<ToParent>;

    fn ancestors(&self, stream: usize) -> Result<Vec<usize>>;

    fn follows_changes(&self, stream: usize) -> bool;

    fn descriptor(&self, stream: usize) -> StreamDescriptor;

    fn earliest(&self, stream: usize, states: Vec<Map<String, Value>>) -> Option<Map<String, Value>>;
}

impl<C: Sync> SourceStreams for Source<C> {
    fn describe(&self) -> Vec<AirbyteStream> {
        self.streams.iter().map(|stream| stream.describe()).collect()
    }

    fn to_parent(&self, stream: usize) -> Option<ToParent> {
        self.streams[stream].parent_type().map(|(_, to_parent)| to_parent)
    }

    fn ancestors(&self, stream: usize) -> Result<Vec<usize>> {
        Source::ancestors(self, stream)
    }

    fn follows_changes(&self, stream: usize) -> bool {
        self.streams[stream].follows_changes()
    }

    fn descriptor(&self, stream: usize) -> StreamDescriptor {
        self.streams[stream].describe().descriptor()
    }

    fn earliest(&self, stream: usize, states: Vec<Map<String, Value>>) -> Option<Map<String, Value>> {
        self.streams[stream].earliest(states)
    }
}
