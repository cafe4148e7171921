//! A record of a parent stream, as it is passed to the children.

use std::any::Any;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// A record of a parent stream.
#[derive(Clone)]
pub(crate) struct Parent {
    /// The name of the partition that its children are.
    pub(crate) name: Arc<str>,
    pub(crate) record: Arc<dyn Any + Send + Sync>,
    /// The length of its JSON in bytes.
    pub(super) size: usize,
    pub(crate) origin: Origin,
}

/// Hashes that tell the same record, read twice, from another one with the same primary key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Origin {
    /// Of the partition that it was read in; 0 if its stream has none.
    pub(crate) partition: u32,
    /// Of its JSON.
    pub(crate) content: u32,
}

impl Parent {
    /// `json` is the record, and `more` are the other bytes that it takes.
    pub(crate) fn new(name: String, record: impl Any + Send + Sync, json: &[u8], more: usize) -> Self {
        let origin = Origin { partition: 0, content: hash(json) };
        Self { name: name.into(), record: Arc::new(record), size: json.len() + more, origin }
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }
}

/// Returns a hash that is not 0.
pub(crate) fn hash(bytes: &[u8]) -> u32 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    (hasher.finish() as u32).max(1)
}
