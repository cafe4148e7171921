//! Where a stream's position stops, because what comes after it is not known to be complete.
//!
//! Problem: a state says that everything before its position was read. Some gaps are found only later: a page turns out
//! to have fewer records than it announced when its end arrives, or a request fails and the fetch function drops,
//! converts or ignores the error. Meanwhile records were emitted, and a state or a signal may come at any moment.
//!
//! Idea: the stream itself remembers the gap, not the error value. A [`Hold`] is shared by an emitter and by its HTTP
//! client. An iterator holds the stream while a page can still turn out incomplete; a request or an iterator that fails
//! holds it for good.
//!
//! There are three levels. A [`Hold`] is of one emitter: of a stream that is read in one go, or of one partition. A
//! [`StreamHolds`] has what is not known to be of one partition only, because it comes from another thread, or from the
//! client of a partition that has ended. [`RunHolds`] has what is not known to be of one stream only.
//!
//! What must stay true: while a stream is held, neither a state, nor the last state before a signal, nor the state at
//! the end of the stream goes beyond the position at which the hold began. A hold that is neither confirmed nor
//! released lasts until its emitter ends; one of the stream or of the run lasts until the stream or the run ends.

mod run;

pub(crate) use self::run::RunHolds;

use crate::error::Error;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// The holds of one stream. A clone shares them.
#[derive(Clone)]
pub(crate) struct StreamHolds(Arc<Stream>);

struct Stream {
    run: RunHolds,
    reasons: Mutex<Reasons>,
}

#[derive(Default)]
struct Reasons {
    /// Of each emitter that has not ended.
    own: BTreeMap<u64, Own>,
    next: u64,
    lasting: Lasting,
    /// The stream has ended: what its clients still do concerns the other streams.
    ended: bool,
}

/// Why one emitter is held.
struct Own {
    /// The thread that reads.
    thread: ThreadId,
    /// Partitions are listed: any that is missing would be forgotten.
    listing: bool,
    /// Pages that are being read, and not yet confirmed.
    open: u32,
    /// How often the author holds.
    author: u32,
    /// A page was given up before its end.
    held: bool,
    /// Why something is missing.
    failure: Option<Error>,
    /// Whether any reason holds it, also one of the stream; and how often that began, so that a second hold is not taken
    /// for the first.
    is_held: bool,
    began: u64,
}

/// Why all emitters of a stream are held, those that come later as well.
#[derive(Default)]
struct Lasting {
    /// Pages that are still read though their emitter has ended, or by another thread.
    open: u32,
    /// The emitters whose clients have given up a page, or failed, outside of what is known to be theirs.
    held: BTreeSet<u64>,
    failures: BTreeMap<u64, Error>,
    /// The same for what comes from beyond the stream: a client of another one, a thread that panicked. Nobody can forgive it.
    foreign: bool,
    foreign_failure: Option<Error>,
}

impl Lasting {
    fn holds(&self) -> bool {
        self.open > 0 || !self.held.is_empty() || self.foreign || self.failure().is_some()
    }

    fn failure(&self) -> Option<&Error> {
        self.foreign_failure.as_ref().or_else(|| self.failures.values().next())
    }
}

impl StreamHolds {
    fn new(run: RunHolds) -> Self {
        Self(Arc::new(Stream { run, reasons: Mutex::default() }))
    }

    /// The hold of an emitter that the calling thread reads with. Partitions are listed with a `listing` one.
    pub(crate) fn hold(&self, listing: bool) -> Hold {
        let id = self.change(|reasons| {
            let own = Own {
                thread: thread::current().id(),
                listing,
                open: 0,
                author: 0,
                held: false,
                failure: None,
                is_held: false,
                began: 0,
            };
            reasons.next += 1;
            reasons.own.insert(reasons.next, own);
            reasons.next
        });
        Hold { stream: self.clone(), id }
    }

    /// Why something is missing that is not known to be of one partition.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.reasons().lasting.failure().map(Error::again)
    }

    /// The stream has ended.
    pub(crate) fn end(&self) {
        let open = self.change(|reasons| {
            reasons.ended = true;
            let own: u32 = std::mem::take(&mut reasons.own).values().map(|own| own.open).sum();
            own + std::mem::take(&mut reasons.lasting.open)
        });
        self.0.run.change_open(|pages, _| *pages += open);
    }

    fn has_ended(&self) -> bool {
        self.reasons().ended
    }

    /// Something is missing, and nobody knows of which partition or stream: this failed, or a thread panicked that the
    /// author started.
    #[cold]
    fn disturb(&self, error: Option<&Error>) {
        self.change(|reasons| match error {
            Some(error) => drop(reasons.lasting.foreign_failure.get_or_insert_with(|| error.again())),
            None => reasons.lasting.foreign = true,
        });
    }

    fn change<T>(&self, change: impl FnOnce(&mut Reasons) -> T) -> T {
        let mut reasons = self.reasons();
        let changed = change(&mut reasons);
        let lasts = reasons.lasting.holds() || self.0.run.has_open_pages();
        for own in reasons.own.values_mut() {
            let before = own.is_held;
            own.is_held = lasts || own.open > 0 || own.author > 0 || own.held || own.failure.is_some();
            own.began += u64::from(own.is_held && !before);
        }
        drop(reasons);
        // After that, so that whoever sees the beat finds the change.
        self.0.run.pulse().beat();
        changed
    }

    fn reasons(&self) -> MutexGuard<'_, Reasons> {
        self.0.reasons.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an emitter is held. A clone shares it.
#[derive(Clone)]
pub(crate) struct Hold {
    stream: StreamHolds,
    id: u64,
}

impl Hold {
    /// The number of the hold that lasts, if one does.
    pub(crate) fn current(&self) -> Option<u64> {
        let reasons = self.stream.reasons();
        reasons.own.get(&self.id).filter(|own| own.is_held).map(|own| own.began)
    }

    /// Holds until [`release`](Self::release) was called as often.
    pub(crate) fn hold(&self) {
        self.change_own(|own| own.author = own.author.saturating_add(1));
    }

    pub(crate) fn release(&self) {
        self.change_own(|own| own.author = own.author.saturating_sub(1));
    }

    /// Whether the author holds.
    pub(crate) fn is_of_author(&self) -> bool {
        self.stream.reasons().own.get(&self.id).is_some_and(|own| own.author > 0)
    }

    /// Nothing is missing, whatever this emitter's client failed at so far. Pages that are still read hold on, and so does
    /// what other emitters and panics have left behind.
    pub(crate) fn forgive(&self) {
        self.stream.change(|reasons| {
            if let Some(own) = reasons.own.get_mut(&self.id) {
                (own.held, own.failure) = (false, None);
            }
            reasons.lasting.held.remove(&self.id);
            reasons.lasting.failures.remove(&self.id);
        });
    }

    /// Why something is missing, if anything is known to be.
    pub(crate) fn failure(&self) -> Option<Error> {
        let reasons = self.stream.reasons();
        let own = reasons.own.get(&self.id).and_then(|own| own.failure.as_ref());
        own.or(reasons.lasting.failure()).map(Error::again)
    }

    /// The emitter has ended. What its client still does concerns the stream.
    pub(crate) fn end(&self) {
        self.stream.change(|reasons| {
            if let Some(own) = reasons.own.remove(&self.id) {
                reasons.lasting.open += own.open;
            }
        });
    }

    /// To be taken by a request when it is made.
    pub(crate) fn holder(&self) -> Holder {
        Holder { hold: self.clone() }
    }

    fn change_own(&self, change: impl FnOnce(&mut Own)) {
        self.stream.change(|reasons| {
            if let Some(own) = reasons.own.get_mut(&self.id) {
                change(own);
            }
        });
    }
}

/// What a request is made for.
#[derive(Clone)]
pub(crate) struct Holder {
    hold: Hold,
}

impl Holder {
    /// Holds while a page is read.
    pub(crate) fn begin_page(&self) -> Unconfirmed {
        let is_own = self.is_own_thread();
        self.change_open(is_own, |open, _| *open += 1);
        Unconfirmed { holder: self.clone(), is_own, confirmed: false }
    }

    /// Holds from here on: what the response would have brought is missing, whatever becomes of the error.
    #[cold]
    pub(crate) fn failed(&self, error: Error) -> Error {
        // The run ends, which holds everything.
        if error.is_stopped() {
            return error;
        }
        let (stream, id) = (&self.hold.stream, self.hold.id);
        if stream.has_ended() {
            stream.0.run.disturb(Some(&error));
        }
        // Another thread may work for a partition that comes later.
        let is_own = self.is_own_thread();
        stream.change(|reasons| match reasons.own.get_mut(&id).filter(|_| is_own) {
            Some(own) => drop(own.failure.get_or_insert_with(|| error.again())),
            None => drop(reasons.lasting.failures.entry(id).or_insert_with(|| error.again())),
        });
        error
    }

    /// The same for a request of which nothing was handed out. That there is nothing at its URL may be an answer to the
    /// fetch function.
    #[cold]
    pub(crate) fn refused(&self, error: Error) -> Error {
        let lists = self.hold.stream.reasons().own.get(&self.hold.id).is_some_and(|own| own.listing);
        let says_nothing_is_there = matches!(error.status(), Some(404 | 410)) && !lists;
        if says_nothing_is_there { error } else { self.failed(error) }
    }

    /// Whether the emitter reads on the calling thread.
    fn is_own_thread(&self) -> bool {
        let reasons = self.hold.stream.reasons();
        reasons.own.get(&self.hold.id).is_some_and(|own| own.thread == thread::current().id())
    }

    /// Changes the number of open pages, and whether one was given up: of the emitter, or else of the stream or the run.
    fn change_open(&self, is_own: bool, change: impl FnOnce(&mut u32, &mut bool)) {
        let (stream, id) = (&self.hold.stream, self.hold.id);
        let left = stream.change(|reasons| {
            if reasons.ended {
                return Some(change);
            }
            match reasons.own.get_mut(&id).filter(|_| is_own) {
                Some(own) => change(&mut own.open, &mut own.held),
                None => {
                    let mut held = false;
                    change(&mut reasons.lasting.open, &mut held);
                    if held {
                        reasons.lasting.held.insert(id);
                    }
                }
            }
            None
        });
        if let Some(change) = left {
            stream.0.run.change_open(change);
        }
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
    holder: Holder,
    /// Whether it was begun by the thread of the emitter.
    is_own: bool,
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
        self.holder.change_open(self.is_own, |open, held| {
            *open = open.saturating_sub(1);
            *held |= !self.confirmed;
        });
    }
}

#[cfg(test)]
mod tests;
