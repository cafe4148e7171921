//! Holds: they stop the position of a stream where records may be missing.
//!
//! Problem: a state claims that everything before its position was read. Some gaps are found only later: a page ends with
//! fewer records than it announced, or a request fails and the fetch function drops, converts or ignores the error.
//! In the meantime records were emitted, and a state or a signal may come at any time.
//!
//! Idea: the stream remembers the gap, not the error value. A [`Hold`] is shared by an emitter and its HTTP client. An
//! iterator holds the stream while a page can still turn out to be incomplete; a request or an iterator that fails holds it
//! until that is forgiven.
//!
//! There are three levels. A [`Hold`] belongs to one emitter: that of an unpartitioned stream, or of one partition.
//! [`StreamHolds`] has the reasons that may concern any partition, because they come from another thread or from the client
//! of a partition that has ended. [`RunHolds`] has the reasons that may concern any stream.
//!
//! What must stay true: while a stream is held, no state goes beyond the position at which the hold began, including the
//! states sent on a signal and at the end of the stream. A hold that is neither confirmed nor released lasts until its
//! emitter ends; a hold of the stream or of the run lasts until the stream or the run ends.

mod run;

pub(crate) use self::run::RunHolds;

use crate::error::Error;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// The holds of one stream. Clones share them.
#[derive(Clone)]
pub(crate) struct StreamHolds(Arc<Stream>);

struct Stream {
    run: RunHolds,
    reasons: Mutex<Reasons>,
}

#[derive(Default)]
struct Reasons {
    /// The reasons of each emitter that has not ended.
    of_emitters: BTreeMap<u64, EmitterReasons>,
    last_id: u64,
    of_stream: StreamReasons,
    /// The stream has ended; further requests of its clients may concern any other stream.
    ended: bool,
}

/// Why one emitter is held.
struct EmitterReasons {
    /// The thread that reads with this emitter.
    thread: ThreadId,
    /// Whether partitions are listed: the position of a missing one would be discarded.
    listing: bool,
    /// The number of pages that are being read and not yet confirmed.
    open_pages: u32,
    /// The number of holds of the author.
    of_author: u32,
    /// Whether a page was not read to its end.
    abandoned_page: bool,
    /// The first error after which records are missing.
    failure: Option<Error>,
    /// Whether the emitter is held, by its own reasons or those of the stream or the run.
    is_held: bool,
    /// How often it began to be held, to distinguish a second hold from the first.
    began: u64,
}

/// Why all emitters of a stream are held, including later ones.
#[derive(Default)]
struct StreamReasons {
    /// The number of pages read by another thread, or by the client of an emitter that has ended.
    open_pages: u32,
    /// The emitters whose clients abandoned a page in one of these ways, by id.
    abandoned_pages: BTreeSet<u64>,
    /// The emitters whose clients failed in one of these ways, by id.
    failures: BTreeMap<u64, Error>,
    /// Whether something outside the stream may have lost records of it: the client of another stream, or a thread that
    /// panicked. No emitter can forgive this.
    external: bool,
    external_failure: Option<Error>,
}

impl StreamReasons {
    fn holds(&self) -> bool {
        self.open_pages > 0 || !self.abandoned_pages.is_empty() || self.external || self.failure().is_some()
    }

    fn failure(&self) -> Option<&Error> {
        self.external_failure.as_ref().or_else(|| self.failures.values().next())
    }
}

impl EmitterReasons {
    fn holds(&self) -> bool {
        self.open_pages > 0 || self.of_author > 0 || self.abandoned_page || self.failure.is_some()
    }
}

impl StreamHolds {
    fn new(run: RunHolds) -> Self {
        Self(Arc::new(Stream { run, reasons: Mutex::default() }))
    }

    /// Creates the hold of an emitter for the calling thread; `listing` if it is for listing the partitions.
    pub(crate) fn hold(&self, listing: bool) -> Hold {
        let id = self.change(|reasons| {
            let reasons_of_emitter = EmitterReasons {
                thread: thread::current().id(),
                listing,
                open_pages: 0,
                of_author: 0,
                abandoned_page: false,
                failure: None,
                is_held: false,
                began: 0,
            };
            reasons.last_id += 1;
            reasons.of_emitters.insert(reasons.last_id, reasons_of_emitter);
            reasons.last_id
        });
        Hold { stream: self.clone(), id }
    }

    /// Returns the error after which records of any partition may be missing.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.reasons().of_stream.failure().map(Error::again)
    }

    /// Returns whether records of any partition may be missing.
    pub(crate) fn are_held(&self) -> bool {
        self.reasons().of_stream.holds() || self.0.run.has_open_pages()
    }

    /// Ends the stream. Its open pages become open pages of the run.
    pub(crate) fn end(&self) {
        let open_pages = self.change(|reasons| {
            reasons.ended = true;
            let emitters = std::mem::take(&mut reasons.of_emitters);
            let of_emitters: u32 = emitters.values().map(|emitter| emitter.open_pages).sum();
            of_emitters + std::mem::take(&mut reasons.of_stream.open_pages)
        });
        self.0.run.change_pages(|open, _| *open += open_pages);
    }

    fn has_ended(&self) -> bool {
        self.reasons().ended
    }

    /// Holds the stream because of something outside it: the client of another stream failed with this error, or abandoned a
    /// page, or a thread of the author panicked.
    #[cold]
    fn hold_externally(&self, error: Option<&Error>) {
        self.change(|reasons| match error {
            Some(error) => drop(reasons.of_stream.external_failure.get_or_insert_with(|| error.again())),
            None => reasons.of_stream.external = true,
        });
    }

    fn change<T>(&self, change: impl FnOnce(&mut Reasons) -> T) -> T {
        let mut reasons = self.reasons();
        let changed = change(&mut reasons);
        let all_held = reasons.of_stream.holds() || self.0.run.has_open_pages();
        for emitter in reasons.of_emitters.values_mut() {
            let was_held = emitter.is_held;
            emitter.is_held = all_held || emitter.holds();
            emitter.began += u64::from(emitter.is_held && !was_held);
        }
        drop(reasons);
        // Last, so that an emitter that sees the new epoch also sees the change.
        self.0.run.epoch().advance();
        changed
    }

    fn reasons(&self) -> MutexGuard<'_, Reasons> {
        self.0.reasons.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The hold of one emitter. Clones share it.
#[derive(Clone)]
pub(crate) struct Hold {
    stream: StreamHolds,
    id: u64,
}

impl Hold {
    /// Returns the number of the current hold, or `None` if the emitter is not held.
    pub(crate) fn current(&self) -> Option<u64> {
        let reasons = self.stream.reasons();
        reasons.of_emitters.get(&self.id).filter(|emitter| emitter.is_held).map(|emitter| emitter.began)
    }

    /// Adds a hold of the author, until [`release`](Self::release).
    pub(crate) fn hold(&self) {
        self.change_emitter(|emitter| emitter.of_author = emitter.of_author.saturating_add(1));
    }

    pub(crate) fn release(&self) {
        self.change_emitter(|emitter| emitter.of_author = emitter.of_author.saturating_sub(1));
    }

    /// Returns whether the author holds the stream.
    pub(crate) fn is_of_author(&self) -> bool {
        self.stream.reasons().of_emitters.get(&self.id).is_some_and(|emitter| emitter.of_author > 0)
    }

    /// Clears the failures and abandoned pages of this emitter's client. Open pages remain, and so do the reasons of other
    /// emitters and of panics.
    pub(crate) fn forgive(&self) {
        self.stream.change(|reasons| {
            if let Some(emitter) = reasons.of_emitters.get_mut(&self.id) {
                (emitter.abandoned_page, emitter.failure) = (false, None);
            }
            reasons.of_stream.abandoned_pages.remove(&self.id);
            reasons.of_stream.failures.remove(&self.id);
        });
    }

    /// Returns whether the emitter is held by what its own thread did, and not only for reasons that concern the whole stream.
    pub(crate) fn has_own_reasons(&self) -> bool {
        self.stream.reasons().of_emitters.get(&self.id).is_some_and(EmitterReasons::holds)
    }

    /// Returns the error after which records are known to be missing.
    pub(crate) fn failure(&self) -> Option<Error> {
        let reasons = self.stream.reasons();
        let of_emitter = reasons.of_emitters.get(&self.id).and_then(|emitter| emitter.failure.as_ref());
        of_emitter.or(reasons.of_stream.failure()).map(Error::again)
    }

    /// Ends the emitter. What its client does from now on concerns the whole stream.
    pub(crate) fn end(&self) {
        self.stream.change(|reasons| {
            if let Some(emitter) = reasons.of_emitters.remove(&self.id) {
                reasons.of_stream.open_pages += emitter.open_pages;
            }
        });
    }

    /// Returns the handle that a request uses.
    pub(crate) fn holder(&self) -> Holder {
        Holder { hold: self.clone() }
    }

    fn change_emitter(&self, change: impl FnOnce(&mut EmitterReasons)) {
        self.stream.change(|reasons| {
            if let Some(emitter) = reasons.of_emitters.get_mut(&self.id) {
                change(emitter);
            }
        });
    }
}

/// The hold as a request sees it.
#[derive(Clone)]
pub(crate) struct Holder {
    hold: Hold,
}

impl Holder {
    /// Holds while a page is read, until the returned value is confirmed.
    pub(crate) fn begin_page(&self) -> Unconfirmed {
        let is_own = self.is_own_thread();
        self.change_pages(is_own, |open, _| *open += 1);
        Unconfirmed { holder: self.clone(), is_own, confirmed: false }
    }

    /// Holds until it is forgiven, because the records of a response are missing, regardless of what is done with the error.
    #[cold]
    pub(crate) fn failed(&self, error: Error) -> Error {
        // The run is ending, which is not a gap in a stream.
        if error.is_stopped() {
            return error;
        }
        let (stream, id) = (&self.hold.stream, self.hold.id);
        if stream.has_ended() {
            stream.0.run.hold_externally(Some(&error));
        }
        // Another thread may be reading for a later partition.
        let is_own = self.is_own_thread();
        stream.change(|reasons| match reasons.of_emitters.get_mut(&id).filter(|_| is_own) {
            Some(emitter) => drop(emitter.failure.get_or_insert_with(|| error.again())),
            None => drop(reasons.of_stream.failures.entry(id).or_insert_with(|| error.again())),
        });
        error
    }

    /// Does the same for a request that failed before it returned any data. HTTP 404 and 410 are ignored unless partitions
    /// are being listed, because they may mean that there is no data.
    #[cold]
    pub(crate) fn failed_before_data(&self, error: Error) -> Error {
        let reasons = self.hold.stream.reasons();
        let lists = reasons.of_emitters.get(&self.hold.id).is_some_and(|emitter| emitter.listing);
        drop(reasons);
        let may_mean_no_data = matches!(error.status(), Some(404 | 410)) && !lists;
        if may_mean_no_data { error } else { self.failed(error) }
    }

    /// Returns whether the calling thread is that of the emitter.
    fn is_own_thread(&self) -> bool {
        let reasons = self.hold.stream.reasons();
        reasons.of_emitters.get(&self.hold.id).is_some_and(|emitter| emitter.thread == thread::current().id())
    }

    /// Changes the number of open pages, and whether one was abandoned, of the emitter if `is_own`, otherwise of the stream or,
    /// after its end, of the run.
    fn change_pages(&self, is_own: bool, change: impl FnOnce(&mut u32, &mut bool)) {
        let (stream, id) = (&self.hold.stream, self.hold.id);
        let left = stream.change(|reasons| {
            if reasons.ended {
                return Some(change);
            }
            match reasons.of_emitters.get_mut(&id).filter(|_| is_own) {
                Some(emitter) => change(&mut emitter.open_pages, &mut emitter.abandoned_page),
                None => {
                    let mut abandoned = false;
                    change(&mut reasons.of_stream.open_pages, &mut abandoned);
                    if abandoned {
                        reasons.of_stream.abandoned_pages.insert(id);
                    }
                }
            }
            None
        });
        if let Some(change) = left {
            stream.0.run.change_pages(change);
        }
    }
}

/// Calls [`Holder::failed`] if there is a holder.
pub(crate) fn failed(holder: Option<&Holder>, error: Error) -> Error {
    match holder {
        Some(holder) => holder.failed(error),
        None => error,
    }
}

/// Calls [`Holder::failed_before_data`] if there is a holder.
pub(crate) fn failed_before_data(holder: Option<&Holder>, error: Error) -> Error {
    match holder {
        Some(holder) => holder.failed_before_data(error),
        None => error,
    }
}

/// A page that may still turn out to be incomplete. If it is dropped before it is confirmed, the stream stays held.
#[must_use]
pub(crate) struct Unconfirmed {
    holder: Holder,
    /// Whether the thread of the emitter began it.
    is_own: bool,
    confirmed: bool,
}

impl Unconfirmed {
    /// Ends the hold: the page is complete.
    pub(crate) fn confirm(mut self) {
        self.confirmed = true;
    }
}

impl Drop for Unconfirmed {
    fn drop(&mut self) {
        self.holder.change_pages(self.is_own, |open, abandoned| {
            *open = open.saturating_sub(1);
            *abandoned |= !self.confirmed;
        });
    }
}

#[cfg(test)]
mod tests;
