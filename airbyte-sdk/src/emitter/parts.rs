//! A stream that is read part by part: which of them are finished, and how far the others have come.

use super::Emitter;
use crate::cursor::{Order, Progress};
use crate::error::{Error, Result};
use crate::output;
use crate::protocol::AirbyteStateBlob;
use crate::stream::Stream;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The key of a state under which the positions of the parts stand, each by its name.
pub(crate) const PARTS: &str = "parts";

/// The positions of the parts, and the part that is being read. Shared with whoever says the last words of a run.
#[derive(Clone, Default)]
pub(crate) struct Parts {
    positions: Arc<Mutex<Map<String, Value>>>,
    current: String,
    /// Whether the parts have positions; otherwise each is finished, with an empty one, or not there.
    incremental: bool,
}

impl Parts {
    /// The state of the stream, with this position in the part that is being read.
    pub(super) fn state(&self, current: Option<AirbyteStateBlob>) -> AirbyteStateBlob {
        let mut positions = self.positions().clone();
        if let Some(position) = current {
            positions.insert(self.current.clone(), position.into());
        }
        [(PARTS.to_owned(), positions.into())].into_iter().collect()
    }

    /// Notes how far the part that is being read has come.
    pub(super) fn stands_at(&self, position: AirbyteStateBlob) {
        self.positions().insert(self.current.clone(), position.into());
    }

    /// The part that is being read has not come anywhere yet.
    pub(super) fn stands_nowhere(&self) {
        self.positions().shift_remove(&self.current);
    }

    fn positions(&self) -> MutexGuard<'_, Map<String, Value>> {
        self.positions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Stream> Emitter<T> {
    /// The stream is read part by part, from these positions on.
    pub(crate) fn in_parts(&mut self, positions: Map<String, Value>, incremental: bool) {
        let positions = Arc::new(Mutex::new(positions));
        self.parts = Some(Parts { positions, current: String::new(), incremental });
    }

    /// What an earlier read has left for this part.
    pub(crate) fn part_state(&self, name: &str) -> Option<AirbyteStateBlob> {
        self.parts.as_ref()?.positions().get(name)?.as_object().cloned()
    }

    pub(crate) fn begin_part(&mut self, name: &str, since: Option<T::Cursor>) {
        let Some(parts) = &mut self.parts else { return };
        name.clone_into(&mut parts.current);
        let order = if parts.incremental { T::ORDER } else { Order::Unordered };
        self.progress = Progress::new(order, since);
        // The next record is the first of this part, and so says nothing of it yet.
        self.clock_in = 0;
        if let Some(output) = &self.output {
            let parts = parts.clone();
            output.part(Box::new(move |position| parts.state(position)));
        }
    }

    /// Notes how far the part has come. Returns why it failed, if it did.
    pub(crate) fn end_part(&mut self, fetched: Result<()>) -> Result<()> {
        let fetched = self.failed.take().map_or(fetched, Err);
        if fetched.as_ref().is_err_and(Error::leaves_gap) {
            self.distrust();
        }
        self.estimate = (self.estimate.0.saturating_add(self.estimate.1), 0);
        // What is out is out, if the order says so; otherwise the part stands where it stood.
        let counts = fetched.is_ok() || self.progress.can_checkpoint();
        let position = self.position()?;
        if let (true, Some(parts)) = (counts, &self.parts)
            && let Some(position) = if parts.incremental { position } else { Some(Map::new()) }
        {
            parts.stands_at(position);
        }
        if fetched.is_ok() && self.is_state_due(output::now()) {
            self.checkpoint()?;
        }
        fetched
    }

    /// Forgets the other parts.
    pub(crate) fn keep_parts(&mut self, names: &HashSet<&str>) {
        if let Some(parts) = &self.parts {
            parts.positions().retain(|name, _| names.contains(name.as_str()));
        }
    }
}
