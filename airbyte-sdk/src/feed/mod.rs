//! Passes the records of a parent stream to its children, and lets a limited number of threads work.
//!
//! Problem: a child stream is read once per record of its parent. The parent may have millions of records, must be fetched
//! only once however many children it has, and may be read by the only thread that could also read the children.
//!
//! Idea: the parent's emitter puts each record into a [`Queue`] per child stream. If a queue is full, the emitter waits; in
//! the meantime it gives up its right to work ([`Slots`]), so that another thread can read children.
//!
//! What must stay true: a queue holds a limited number of bytes; no more threads work than there are slots; a thread that
//! waits for space never holds a slot, so another one can always make space; while one waits, no further partition of its
//! stream begins, since each would take the slot and then wait, too.

mod parent;

pub(crate) use self::parent::{Origin, Parent, hash};

use crate::error::{Error, Result};
use std::any::Any;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// How many bytes of records a queue may hold, by the length of their JSON. Small in tests.
const MAX_QUEUED: usize = if cfg!(test) { 16 << 10 } else { 8 << 20 };

/// How many threads may work, and a signal for those that wait for work. Clones share it.
#[derive(Clone)]
pub(crate) struct Slots(Arc<(Mutex<Counts>, Condvar)>);

struct Counts {
    most: usize,
    working: usize,
    /// Whether a slot was needed and none was free.
    was_refused: bool,
    /// Advances when there may be something to do.
    changes: u64,
    /// The run has ended.
    stopped: bool,
    /// No thread may wait for space, because none could be started that makes it.
    without_limits: bool,
}

impl Slots {
    pub(crate) fn new(most: usize) -> Self {
        let counts = Counts {
            most,
            working: 0,
            was_refused: false,
            changes: 0,
            stopped: false,
            without_limits: false,
        };
        Self(Arc::new((Mutex::new(counts), Condvar::new())))
    }

    /// Takes a slot, unless all are taken.
    pub(crate) fn try_enter(&self) -> bool {
        let mut counts = self.counts();
        let is_free = counts.working < counts.most;
        counts.working += usize::from(is_free);
        counts.was_refused |= !is_free;
        is_free
    }

    /// Returns a slot.
    pub(crate) fn leave(&self) {
        self.counts().working -= 1;
        self.notify();
    }

    /// Returns a slot that was taken and not used. Wakes up others only if one of them needed it in the meantime: they would
    /// otherwise wake up each other forever.
    pub(crate) fn leave_unused(&self) {
        let mut counts = self.counts();
        counts.working -= 1;
        if std::mem::take(&mut counts.was_refused) {
            counts.changes += 1;
            self.0.1.notify_all();
        }
    }

    /// Returns a number that changes with each [`notify`](Self::notify).
    pub(crate) fn changes(&self) -> u64 {
        self.counts().changes
    }

    /// Wakes up all threads that wait.
    pub(crate) fn notify(&self) {
        self.counts().changes += 1;
        self.0.1.notify_all();
    }

    /// Waits until something has changed since [`changes`](Self::changes) returned this number.
    pub(crate) fn wait_for_change(&self, seen: u64) {
        let mut counts = self.counts();
        while counts.changes == seen {
            counts = self.0.1.wait(counts).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends all waits: the run has ended.
    pub(crate) fn stop(&self) {
        self.counts().stopped = true;
        self.notify();
    }

    /// Lets queues grow without limit, because no thread could be started that empties them.
    pub(crate) fn remove_limits(&self) {
        self.counts().without_limits = true;
        self.notify();
    }

    /// Gives up the slot of this thread until the condition holds.
    fn wait_until(&self, is_ready: impl Fn() -> bool) -> Result<()> {
        self.leave();
        loop {
            let seen = self.changes();
            let Counts { stopped, without_limits, .. } = *self.counts();
            if stopped {
                // The caller returns its slot.
                self.counts().working += 1;
                return Err(Error::stopped());
            }
            if (without_limits || is_ready()) && self.try_enter() {
                return Ok(());
            }
            self.wait_for_change(seen);
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How the read of a parent ended.
pub(crate) struct End {
    pub(crate) error: Option<Error>,
    /// Whether records may be missing.
    pub(crate) may_lack_records: bool,
    /// Whether only the records were read that changed since an earlier read.
    pub(crate) only_changed: bool,
    /// The state of the parent stream that covers its records, as JSON, if it was read to its end.
    pub(crate) state: Option<String>,
}

impl End {
    /// The run has ended before the parent was read.
    pub(crate) fn stopped() -> Self {
        Self { error: Some(Error::stopped()), may_lack_records: true, only_changed: true, state: None }
    }
}

/// The next parent of a queue.
pub(crate) enum Next {
    Parent(Parent),
    /// The parent stream is still being read.
    Later,
    /// There are no more.
    End,
}

/// The parents that a child stream has still to visit. Clones share them.
#[derive(Clone)]
pub(crate) struct Queue(Arc<(Slots, Mutex<Waiting>)>);

struct Waiting {
    parents: VecDeque<Parent>,
    size: usize,
    /// How many more parents are accepted; `None` for all.
    left: Option<u32>,
    /// How many threads wait for space.
    waiters: usize,
    end: Option<End>,
}

impl Queue {
    /// Creates a queue for all parents, or for the first ones only.
    pub(crate) fn new(slots: &Slots, first: Option<u32>) -> Self {
        let waiting = Waiting { parents: VecDeque::new(), size: 0, left: first, waiters: 0, end: None };
        Self(Arc::new((slots.clone(), Mutex::new(waiting))))
    }

    pub(crate) fn next(&self) -> Next {
        let mut waiting = self.waiting();
        let Some(parent) = waiting.parents.pop_front() else {
            return if waiting.end.is_some() { Next::End } else { Next::Later };
        };
        waiting.size -= parent.size;
        let may_wait = waiting.size < MAX_QUEUED / 2 && waiting.size + parent.size >= MAX_QUEUED / 2;
        drop(waiting);
        if may_wait {
            self.0.0.notify();
        }
        Next::Parent(parent)
    }

    /// Accepts no further parents, and drops those that wait.
    pub(crate) fn refuse(&self) {
        let mut waiting = self.waiting();
        (waiting.left, waiting.size) = (Some(0), 0);
        waiting.parents.clear();
        drop(waiting);
        self.0.0.notify();
    }

    /// Returns how the read of the parents ended.
    pub(crate) fn take_end(&self) -> Option<End> {
        self.waiting().end.take()
    }

    /// Adds a parent, and waits for space first. Returns whether more are accepted.
    fn push(&self, parent: Parent) -> Result<bool> {
        let (slots, _) = &*self.0;
        let mut waiting = self.waiting();
        // No space is needed for the first few parents: their children are read only after them.
        if waiting.left.is_none() && waiting.size >= MAX_QUEUED {
            waiting.waiters += 1;
            drop(waiting);
            let waited = slots.wait_until(|| self.waiting().size < MAX_QUEUED / 2);
            waiting = self.waiting();
            waiting.waiters -= 1;
            waited?;
        }
        let left = waiting.left.map(|left| left.saturating_sub(1));
        if waiting.left != Some(0) {
            waiting.size += parent.size;
            waiting.parents.push_back(parent);
        }
        waiting.left = left;
        drop(waiting);
        slots.notify();
        Ok(left != Some(0))
    }

    /// Returns whether a thread that adds a parent has to wait, or some already do.
    fn is_full(&self) -> bool {
        let waiting = self.waiting();
        (waiting.size >= MAX_QUEUED || waiting.waiters > 0) && !self.0.0.counts().without_limits
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.1.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The function that makes a record a parent; an `fn(R) -> Result<Parent>`, where `R` is the type of the record. Only streams of
/// children know that the type can be sent to other threads.
pub(crate) type ToParent = Arc<dyn Any + Send + Sync>;

/// The queues of all children of a stream. Clones share them.
#[derive(Clone)]
pub(crate) struct Feed(Arc<Children>);

struct Children {
    queues: Vec<Queue>,
    to_parent: ToParent,
    /// See [`End::only_changed`].
    only_changed: bool,
    may_lack_records: AtomicBool,
}

impl Feed {
    /// For `only_changed`, see [`End::only_changed`].
    pub(crate) fn new(queues: Vec<Queue>, to_parent: ToParent, only_changed: bool) -> Self {
        let may_lack_records = AtomicBool::new(false);
        Self(Arc::new(Children { queues, to_parent, only_changed, may_lack_records }))
    }

    /// Passes a record to all children. Returns whether any of them accepts more.
    /// `partition` is a hash of the partition that it was read in, or 0.
    pub(crate) fn pass_record<R: 'static>(&self, record: R, partition: u32) -> Result<bool> {
        match self.0.to_parent.downcast_ref::<fn(R) -> Result<Parent>>() {
            Some(to_parent) => {
                let parent = to_parent(record)?;
                let origin = Origin { partition, ..parent.origin };
                self.pass(&Parent { origin, ..parent })
            }
            None => Err(Error::system("the children of this stream have a parent of another type")),
        }
    }

    /// Passes a parent to all children. Returns whether any of them accepts more.
    fn pass(&self, parent: &Parent) -> Result<bool> {
        let mut accepts_more = false;
        for queue in &self.0.queues {
            accepts_more |= queue.push(parent.clone())?;
        }
        Ok(accepts_more)
    }

    /// Returns whether a thread that passes a record has to wait.
    pub(crate) fn is_full(&self) -> bool {
        self.0.queues.iter().any(Queue::is_full)
    }

    /// Records that parents may be missing.
    pub(crate) fn may_lack_records(&self) {
        self.0.may_lack_records.store(true, Relaxed);
    }

    /// Ends the queues after the parent stream was read: with its state, or an error.
    pub(crate) fn end(&self, read: std::result::Result<Option<&str>, &Error>) {
        for queue in &self.0.queues {
            queue.waiting().end = Some(End {
                error: read.err().map(Error::again),
                may_lack_records: self.0.may_lack_records.load(Relaxed) || read.is_err(),
                only_changed: self.0.only_changed,
                state: read.ok().flatten().map(str::to_owned),
            });
            queue.0.0.notify();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parent(size: usize) -> Parent {
        Parent::new("1".to_owned(), (), &[], size)
    }

    #[test]
    fn full_queue_frees_the_slot_until_there_is_space() {
        let slots = Slots::new(1);
        let queue = Queue::new(&slots, None);
        let feed = Feed::new(vec![queue.clone()], Arc::new(()), false);
        assert!(slots.try_enter());
        std::thread::scope(|scope| {
            let parents = scope.spawn(|| {
                feed.pass(&parent(MAX_QUEUED)).unwrap();
                feed.pass(&parent(1)).unwrap();
                feed.end(Ok(None));
                slots.leave();
            });
            let mut seen = slots.changes();
            while !slots.try_enter() {
                slots.wait_for_change(seen);
                seen = slots.changes();
            }
            assert!(!parents.is_finished());
            assert!(matches!(queue.next(), Next::Parent(_)));
            assert!(matches!(queue.next(), Next::Later), "the parent works while this thread has the slot");
            slots.leave();
            parents.join().unwrap();
        });
        assert!(matches!(queue.next(), Next::Parent(_)));
        assert!(matches!(queue.next(), Next::End));
        assert!(!queue.take_end().unwrap().may_lack_records);
    }

    #[test]
    fn child_that_accepts_no_more_does_not_stop_its_parent() {
        let slots = Slots::new(1);
        let (three, none) = (Queue::new(&slots, Some(3)), Queue::new(&slots, None));
        let feed = Feed::new(vec![three.clone(), none.clone()], Arc::new(()), false);
        none.refuse();
        let accepted = [(); 4].map(|()| feed.pass(&parent(1)).unwrap());
        assert_eq!(accepted, [true, true, false, false]);
        let count = std::iter::from_fn(|| matches!(three.next(), Next::Parent(_)).then_some(())).count();
        assert_eq!(count, 3);
        assert!(matches!(none.next(), Next::Later));
    }

    #[test]
    fn end_of_the_run_ends_the_wait_for_space() {
        let slots = Slots::new(2);
        let feed = Feed::new(vec![Queue::new(&slots, None)], Arc::new(()), false);
        assert!(slots.try_enter() && slots.try_enter());
        feed.pass(&parent(MAX_QUEUED)).unwrap();
        slots.stop();
        assert!(feed.pass(&parent(1)).unwrap_err().is_stopped());
        assert!(!slots.try_enter());
    }
}
