//! Where a stream's position stops, because what comes after it is not known to be complete.
//!
//! Problem: a state says that everything before its position was read. Some gaps are found only later: a page turns out
//! to have fewer records than it announced when its end arrives, or a request fails and the fetch function drops,
//! converts or ignores the error. Meanwhile records were emitted, and a state or a signal may come at any moment.
//!
//! Idea: the stream itself remembers the gap, not the error value. [`Hold`] is shared by the stream's emitter and by its
//! HTTP client. An iterator holds the stream while a page can still turn out incomplete; a request or an iterator that
//! fails holds it for good.
//!
//! What must stay true: while a stream is held, neither a state, nor the last state before a signal, nor the state at
//! the end of the stream goes beyond the position at which the hold began. A hold that is neither confirmed nor
//! released lasts until the end of the stream or partition; longer if it is not known to be of this partition, because
//! it comes from another thread, from an earlier partition or from another stream.

use crate::error::Error;
use crate::output::Output;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// Whether a stream is held. A clone shares it.
#[derive(Clone)]
pub(crate) struct Hold(Arc<Shared>);

struct Shared {
    /// Which stream of the run it is.
    id: u64,
    output: Option<Arc<Output>>,
    reasons: Mutex<Reasons>,
}

struct Reasons {
    /// Counts the times that a hold began, so that a second one is not taken for the first.
    began: u64,
    /// Pages that are being read, and not yet confirmed.
    open: u32,
    /// How often the author holds.
    own: u32,
    /// A page was given up before its end, or a thread panicked.
    held: bool,
    /// Why something is missing.
    failure: Option<Error>,
    /// The reason outlives the partition.
    lasting: bool,
    /// Counts the partitions.
    scope: u64,
    /// The thread that reads.
    thread: ThreadId,
    /// Partitions are listed: any that is missing would be forgotten.
    listing: bool,
}

impl Reasons {
    fn is_held(&self) -> bool {
        self.open > 0 || self.own > 0 || self.held || self.failure.is_some()
    }
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl Hold {
    /// Of a stream that is read into this output, if it is.
    pub(crate) fn new(output: Option<Arc<Output>>) -> Self {
        let reasons = Reasons {
            began: 0,
            open: 0,
            own: 0,
            held: false,
            failure: None,
            lasting: false,
            scope: 0,
            thread: thread::current().id(),
            listing: false,
        };
        let id = NEXT_ID.fetch_add(1, Relaxed);
        let hold = Self(Arc::new(Shared { id, output, reasons: Mutex::new(reasons) }));
        if let Some(output) = &hold.0.output {
            let held = hold.clone();
            output.begin_hold(id, Arc::new(move |error| held.disturb(error)));
            if output.is_disturbed() {
                hold.disturb(None);
            }
        }
        hold
    }

    /// The number of the hold that lasts, if one does.
    pub(crate) fn current(&self) -> Option<u64> {
        let reasons = self.reasons();
        reasons.is_held().then_some(reasons.began)
    }

    /// Holds until [`release`](Self::release) was called as often.
    pub(crate) fn hold(&self) {
        self.change(|reasons| reasons.own = reasons.own.saturating_add(1));
    }

    pub(crate) fn release(&self) {
        self.change(|reasons| reasons.own = reasons.own.saturating_sub(1));
    }

    /// Whether the author holds.
    pub(crate) fn is_own(&self) -> bool {
        self.reasons().own > 0
    }

    /// Nothing is missing, whatever failed so far. Pages that are still read hold on.
    pub(crate) fn forgive(&self) {
        self.change(|reasons| {
            reasons.held = false;
            reasons.failure = None;
            reasons.lasting = false;
        });
    }

    /// Whether partitions are listed, which allows for no exception.
    pub(crate) fn set_listing(&self, listing: bool) {
        self.reasons().listing = listing;
    }

    /// Another partition begins. What is not known to concern the one before only still holds.
    pub(crate) fn begin_scope(&self) {
        let mut reasons = self.reasons();
        reasons.scope += 1;
        reasons.thread = thread::current().id();
        reasons.own = 0;
        if !reasons.lasting {
            reasons.held = false;
            reasons.failure = None;
        }
        let held = reasons.is_held();
        reasons.began += u64::from(held);
        if let Some(output) = &self.0.output {
            output.hold(self.0.id, held);
        }
    }

    /// Why something is missing, if anything is known to be.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.reasons().failure.as_ref().map(Error::again)
    }

    /// The stream, for a request that is made now.
    pub(crate) fn holder(&self) -> Holder {
        Holder { scope: self.reasons().scope, hold: self.clone() }
    }

    /// Something is missing, and nobody knows of which partition: a failure of another stream's client, or a panic of a
    /// thread that the author started.
    #[cold]
    fn disturb(&self, error: Option<&Error>) {
        self.change(|reasons| {
            reasons.lasting = true;
            match error {
                Some(error) => reasons.failure = reasons.failure.take().or_else(|| Some(error.again())),
                None => reasons.held = true,
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Reasons)) {
        let mut reasons = self.reasons();
        let before = reasons.is_held();
        change(&mut reasons);
        let after = reasons.is_held();
        if !before && after {
            reasons.began += 1;
        }
        // Within the lock, so that the output learns of the changes in their order.
        if let (true, Some(output)) = (before != after, &self.0.output) {
            output.hold(self.0.id, after);
        }
    }

    fn reasons(&self) -> MutexGuard<'_, Reasons> {
        self.0.reasons.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stream that a request is made for, and the partition that was read then.
#[derive(Clone)]
pub(crate) struct Holder {
    hold: Hold,
    scope: u64,
}

impl Holder {
    /// Holds while a page is read.
    pub(crate) fn begin_page(&self) -> Unconfirmed {
        self.hold.change(|reasons| reasons.open += 1);
        Unconfirmed { hold: self.hold.clone(), confirmed: false }
    }

    /// Holds from here on: what the response would have brought is missing, whatever becomes of the error.
    #[cold]
    pub(crate) fn failed(&self, error: Error) -> Error {
        self.hold.change(|reasons| {
            reasons.failure.get_or_insert_with(|| error.again());
            reasons.lasting |= reasons.scope != self.scope || reasons.thread != thread::current().id();
        });
        if let Some(output) = &self.hold.0.output {
            output.disturb(self.hold.0.id, &error);
        }
        error
    }

    /// The same for a request of which nothing was handed out. That there is nothing at its URL may be an answer to the
    /// fetch function.
    #[cold]
    pub(crate) fn refused(&self, error: Error) -> Error {
        let says_nothing_is_there = matches!(error.status(), Some(404 | 410)) && !self.hold.reasons().listing;
        if says_nothing_is_there { error } else { self.failed(error) }
    }
}

/// [`Holder::failed`], if there is a stream.
pub(crate) fn failed(holder: Option<&Holder>, error: Error) -> Error {
    match holder {
        Some(holder) => holder.failed(error),
        None => error,
    }
}

/// [`Holder::refused`], if there is a stream.
pub(crate) fn refused(holder: Option<&Holder>, error: Error) -> Error {
    match holder {
        Some(holder) => holder.refused(error),
        None => error,
    }
}

/// A page that may still turn out incomplete. If it is dropped before it is confirmed, the stream stays held.
#[must_use]
pub(crate) struct Unconfirmed {
    hold: Hold,
    confirmed: bool,
}

impl Unconfirmed {
    /// The page is complete.
    pub(crate) fn confirm(mut self) {
        self.confirmed = true;
    }
}

impl Drop for Unconfirmed {
    fn drop(&mut self) {
        self.hold.change(|reasons| {
            reasons.open = reasons.open.saturating_sub(1);
            reasons.held |= !self.confirmed;
        });
    }
}

#[cfg(test)]
mod tests;
