//! The stream that is being read, as seen from another thread than the one that reads it.

use super::Output;
use crate::error::Error;
use crate::protocol::StreamDescriptor;
use serde_json::{Value, json};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, MutexGuard, PoisonError};

/// Makes the state of a stream, as JSON, of the position in the partition of it that is being read.
pub(crate) type ToState = Box<dyn Fn(Option<String>) -> String + Send>;

pub(super) struct Current {
    pub(super) stream: StreamDescriptor,
    /// The path of the cursor field, if every record says how far the stream has come.
    cursor_field: Option<&'static [&'static str]>,
    /// If the stream is read partition by partition.
    partition: Option<ToState>,
    /// The last one sent, or what the read began with. As JSON: with a position for each of many partitions a map would take
    /// twenty times as much memory.
    last_state: String,
    /// How many states were sent.
    states: u64,
    /// While the stream is held: the last record before the hold, if that says a position.
    held: Option<Option<Vec<u8>>>,
    /// What the stream waits for.
    waiting_for: Option<String>,
    /// Which hold is that of the stream.
    hold: Option<(u64, Disturb)>,
}

/// Holds the stream that is being read, since something is missing of which the stream is not known: this error says
/// what, or a thread panicked that the author started.
type Disturb = Arc<dyn Fn(Option<&Error>) + Send + Sync>;

impl Current {
    /// The state after this record, which is the last one, if one is legal. The typed position is with the thread that
    /// reads, and that may be in the middle of a request; what it has written says the same.
    pub(super) fn state(&self, last_record: Option<&[u8]>) -> Option<String> {
        // Records that came after a hold began do not move the position.
        let record = self.held.as_ref().map_or(last_record, Option::as_deref);
        let position = self.cursor_field.and_then(|field| position_at(record?, field));
        match &self.partition {
            Some(to_state) => Some(to_state(position)),
            None => position,
        }
    }

    /// The stream and what it waits for, in words.
    pub(super) fn whereabouts(&self) -> String {
        match &self.waiting_for {
            Some(what) => format!("{}: still waiting for {what}", self.stream.name),
            None => format!("{}: no record for a while", self.stream.name),
        }
    }

    pub(super) fn last_state(&self) -> &str {
        &self.last_state
    }

    /// Notes that this state is sent.
    pub(super) fn note_state(&mut self, state: String) {
        self.last_state = state;
        self.states += 1;
    }

    pub(super) fn states(&self) -> u64 {
        self.states
    }
}

impl Output {
    /// Notes which stream is being read.
    pub(super) fn reading(&self, stream: Option<&StreamDescriptor>) {
        let mut current = self.current();
        if current.as_ref().map(|current| &current.stream) != stream {
            *current = stream.map(|stream| Current {
                stream: stream.clone(),
                cursor_field: None,
                partition: None,
                last_state: "{}".to_owned(),
                states: 0,
                held: None,
                waiting_for: None,
                hold: None,
            });
        }
    }

    /// Notes that the position of a stream stays where it is, or moves on again, if it is the stream that is being read.
    /// Its emitter learns of it with the next record.
    pub(crate) fn hold(&self, id: u64, held: bool) {
        let lines = self.lines();
        if let Some(current) = &mut *self.current()
            && current.hold.as_ref().is_some_and(|(own, _)| *own == id)
        {
            let record = current.cursor_field.and(lines.last_record());
            current.held = held.then(|| record.map(<[u8]>::to_vec));
        }
        self.beats.fetch_add(1, Relaxed);
    }

    /// Notes the hold of the stream that is being read, and what holds it.
    pub(crate) fn begin_hold(&self, id: u64, disturb: Disturb) {
        if let Some(current) = &mut *self.current() {
            current.hold = Some((id, disturb));
        }
    }

    /// Holds the stream that is being read, unless it is the one of this hold, which knows. A fetch function may have kept
    /// the client of an earlier stream.
    pub(crate) fn disturb(&self, id: u64, error: &Error) {
        let other = self.current().as_ref().and_then(|current| current.hold.clone());
        if let Some((_, disturb)) = other.filter(|(own, _)| *own != id) {
            disturb(Some(error));
        }
    }

    /// Notes a panic on a thread that the author started. Which stream it worked for is not known: the one that is being
    /// read, and those after it, may lack records from here on.
    pub(crate) fn note_stray_panic(&self, panic: Error) {
        self.disturbed.store(true, Relaxed);
        self.stray_panic.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(panic);
        let current = self.current().as_ref().and_then(|current| current.hold.clone());
        if let Some((_, disturb)) = current {
            disturb(None);
        }
    }

    /// The first such panic since this was called last.
    pub(crate) fn take_stray_panic(&self) -> Option<Error> {
        self.stray_panic.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether there was one in this run.
    pub(crate) fn is_disturbed(&self) -> bool {
        self.disturbed.load(Relaxed)
    }

    /// Notes where the stream that is being read stands.
    pub(crate) fn stands_at(&self, state: String) {
        if let Some(current) = &mut *self.current() {
            current.last_state = state;
        }
    }

    /// Notes what the stream waits for; `None` when it has come.
    pub(crate) fn waiting_for(&self, what: Option<&str>) {
        if let Some(current) = &mut *self.current() {
            current.waiting_for = what.map(str::to_owned);
        }
    }

    /// Notes that each record says, in this field, how far the stream has come; `None` takes it back.
    pub(crate) fn vouch(&self, cursor_field: Option<&'static [&'static str]>) {
        if let Some(current) = &mut *self.current() {
            current.cursor_field = cursor_field;
        }
    }

    /// Notes that the records from here on belong to another partition of the stream.
    pub(crate) fn partition(&self, to_state: ToState) {
        // Under one lock: no record of the partition before is taken for one of this.
        let mut lines = self.lines();
        lines.forget_records();
        if let Some(current) = &mut *self.current() {
            current.partition = Some(to_state);
            current.cursor_field = None;
        }
    }

    pub(super) fn current(&self) -> MutexGuard<'_, Option<Current>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `None` if the record says no position: it has none, or the user has not chosen the column.
fn position_at(record: &[u8], path: &[&str]) -> Option<String> {
    let message: Value = serde_json::from_slice(record).ok()?;
    let data = message.get("record")?.get("data")?;
    let cursor = path.iter().try_fold(data, |value, name| value.get(name))?;
    (!cursor.is_null()).then(|| json!({ path.join("."): cursor }).to_string())
}
