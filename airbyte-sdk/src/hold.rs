//! Where a stream's position stops, because what comes after it is not known to be complete.
//!
//! Problem: a state says that everything before its position was read. Some gaps are found only later: a page turns out
//! to have fewer records than it announced when its end arrives, or an iterator fails and the fetch function drops,
//! converts or ignores the error. Meanwhile records were emitted, and a state or a signal may come at any moment.
//!
//! Idea: the stream itself remembers the gap, not the error value. [`Hold`] is shared by the stream's emitter and by its
//! HTTP client. An iterator holds the stream while a page can still turn out incomplete, and for good when it fails.
//!
//! What must stay true: while a stream is held, neither a state, nor the last state before a signal, nor the state at
//! the end of the stream goes beyond the position at which the hold began. A hold that is neither confirmed nor
//! released lasts until the end of the stream or partition.

use crate::error::Error;
use crate::output::Output;
use crate::protocol::FailureType;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Whether a stream is held. A clone shares it.
#[derive(Clone)]
pub(crate) struct Hold(Arc<Shared>);

struct Shared {
    output: Option<Arc<Output>>,
    reasons: Mutex<Reasons>,
}

#[derive(Default)]
struct Reasons {
    /// Counts the times that a hold began, so that a second one is not taken for the first.
    began: u64,
    /// Pages that are being read, and not yet confirmed.
    open: u32,
    /// A page was given up before its end, or the author holds.
    held: bool,
    /// Why something is missing.
    failure: Option<Error>,
    /// Counts the partitions. A page of an earlier one has no say.
    scope: u64,
}

impl Reasons {
    fn is_held(&self) -> bool {
        self.open > 0 || self.held || self.failure.is_some()
    }
}

impl Hold {
    /// Of a stream that is read into this output, if it is.
    pub(crate) fn new(output: Option<Arc<Output>>) -> Self {
        Self(Arc::new(Shared { output, reasons: Mutex::default() }))
    }

    /// The number of the hold that lasts, if one does.
    pub(crate) fn current(&self) -> Option<u64> {
        let reasons = self.reasons();
        reasons.is_held().then_some(reasons.began)
    }

    /// Holds until [`release`](Self::release).
    pub(crate) fn hold(&self) {
        self.change(|reasons| reasons.held = true);
    }

    /// All records so far are complete, whatever was noted before. Pages that are still read hold on.
    pub(crate) fn release(&self) {
        self.change(|reasons| {
            reasons.held = false;
            reasons.failure = None;
        });
    }

    /// Something is missing from here on, whatever becomes of the error.
    #[cold]
    pub(crate) fn fail(&self, error: &Error) {
        self.change(|reasons| {
            reasons.failure.get_or_insert_with(|| error.again());
        });
    }

    /// Holds while a page is read.
    pub(crate) fn begin_page(&self) -> Unconfirmed {
        let mut scope = 0;
        self.change(|reasons| {
            reasons.open += 1;
            scope = reasons.scope;
        });
        Unconfirmed { hold: self.clone(), scope, confirmed: false }
    }

    /// Another partition begins, which nothing of the one before concerns.
    pub(crate) fn begin_scope(&self) {
        self.change(|reasons| {
            *reasons = Reasons { began: reasons.began, scope: reasons.scope + 1, ..Reasons::default() };
        });
    }

    /// Why something is missing, if anything is known to be.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.reasons().failure.as_ref().map(Error::again)
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
            output.hold(after);
        }
    }

    fn reasons(&self) -> MutexGuard<'_, Reasons> {
        self.0.reasons.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A page that may still turn out incomplete. If it is dropped before it is confirmed, the stream stays held.
#[must_use]
pub(crate) struct Unconfirmed {
    hold: Hold,
    scope: u64,
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
            if reasons.scope == self.scope {
                reasons.open -= 1;
                reasons.held |= !self.confirmed;
            }
        });
    }
}

/// The stream is held from here on: what the body would have brought is missing, whatever becomes of the error.
#[cold]
pub(crate) fn failed(hold: Option<&Hold>, error: Error) -> Error {
    if let Some(hold) = hold {
        hold.fail(&error);
    }
    error
}

/// The same for a request of which nothing was handed out. That the API rejects it may be an answer to the fetch function
/// as well, such as 404 where there is nothing.
#[cold]
pub(crate) fn refused(hold: Option<&Hold>, error: Error) -> Error {
    if error.failure_type() == FailureType::ConfigError { error } else { failed(hold, error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hold_has_a_number_of_its_own() {
        let hold = Hold::new(None);
        assert_eq!(hold.current(), None);
        let page = hold.begin_page();
        assert_eq!(hold.current(), Some(1));
        // A second page within the first does not move the place where the hold began.
        hold.begin_page().confirm();
        assert_eq!(hold.current(), Some(1));
        page.confirm();
        assert_eq!(hold.current(), None);
        hold.begin_page().confirm();
        hold.hold();
        assert_eq!(hold.current(), Some(3));
    }

    #[test]
    fn a_page_that_is_not_confirmed_holds_for_good() {
        let hold = Hold::new(None);
        drop(hold.begin_page());
        assert_eq!(hold.current(), Some(1));
        hold.begin_page().confirm();
        assert_eq!(hold.current(), Some(1));
        let page = hold.begin_page();
        hold.release();
        assert_eq!(hold.current(), Some(1), "a page is still being read");
        page.confirm();
        assert_eq!(hold.current(), None);
    }

    #[test]
    fn a_failure_outlives_its_error_value_until_it_is_released() {
        let hold = Hold::new(None);
        hold.fail(&Error::transient("cut off"));
        hold.fail(&Error::system("later"));
        assert_eq!(hold.failure().map(|error| error.message().to_owned()), Some("cut off".to_owned()));
        hold.release();
        assert!(hold.failure().is_none() && hold.current().is_none());
    }

    #[test]
    fn a_page_of_an_earlier_partition_has_no_say() {
        let hold = Hold::new(None);
        let (page, other) = (hold.begin_page(), hold.begin_page());
        hold.begin_scope();
        assert_eq!(hold.current(), None);
        drop(page);
        assert_eq!(hold.current(), None);
        hold.hold();
        other.confirm();
        assert_eq!(hold.current(), Some(2));
    }
}
