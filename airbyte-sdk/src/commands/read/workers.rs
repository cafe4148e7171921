//! The threads that read: they take the tasks of all streams, several at a time.
//!
//! Problem: an API that needs 100 ms per response keeps a single thread waiting. Idea: a task is a partition or a whole
//! stream. A worker takes the task that matters most: of the first stream of the catalog that has one, the first partition
//! of the list. It begins the next stream only if those that have begun have no more tasks. Another worker is started only
//! if there is a task for it, so a single stream is read on the main thread.
//!
//! What must stay true: the tasks of a stream end before its final state and status; with one worker everything happens
//! in the order of the catalog; once stdout is closed, the process ends without waiting for a worker.

use crate::error::{Error, Result};
use crate::feed::Slots;
use crate::hold::StreamHolds;
use crate::ledger::LedgerStream;
use crate::run_context::RunContext;
use crate::source::{Reading, Take};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, Scope};
use std::time::Instant;

/// A stream that is being read.
pub(super) struct Begun<'a> {
    pub(super) reading: Box<dyn Reading + 'a>,
    /// `None` if it is only read for its children.
    pub(super) stream: Option<LedgerStream>,
    pub(super) started: Instant,
    pub(super) holds: StreamHolds,
    /// The number of panics of the author's threads before.
    pub(super) panics: u32,
}

/// What the workers do with streams, which they know by their places in the plan.
pub(super) trait Streams<'a>: Sync {
    /// Begins to read a stream.
    fn begin(&self, stream: usize) -> Result<Begun<'a>>;

    /// Ends the read of a stream, all of whose tasks have ended. Returns whether it succeeded.
    fn end(&self, stream: usize, begun: &Begun<'a>) -> Result<bool>;

    /// Returns whether no tasks of these streams may run at the same time.
    fn exclude_each_other(&self, one: usize, other: usize) -> bool;

    /// Returns whether the stream passes its records to children, and may have to wait until they are read.
    fn has_children(&self, stream: usize) -> bool;

    /// Returns whether no further tasks of the stream may begin at present, since they would wait for its children.
    fn waits_for_children(&self, stream: usize) -> bool;

    /// Returns whether the stream is one of children.
    fn has_parent(&self, stream: usize) -> bool;
}

/// Reads these streams with as many threads as there are slots. Returns whether all succeeded; an error means that the run
/// has ended. Not generic over the configuration, so that this code is compiled once, for size.
pub(super) fn read<'a>(
    streams: Range<usize>,
    work: &dyn Streams<'a>,
    slots: &Slots,
    run: &RunContext,
) -> Result<bool> {
    let queue = Queue {
        waiting: streams.collect(),
        open: Vec::new(),
        idle: 0,
        running: 0,
        all_succeeded: true,
        stopped_by: None,
    };
    let pool = Pool { queue: Mutex::new(queue), slots, work, run };
    std::thread::scope(|scope| pool.work(scope, None));
    let Queue { all_succeeded, stopped_by, waiting, open, .. } =
        pool.queue.into_inner().unwrap_or_else(PoisonError::into_inner);
    match stopped_by {
        Some(error) => Err(error),
        // Must not happen, and must not look like a success.
        None if !(open.is_empty() && waiting.is_empty()) => {
            Err(Error::system("a stream was not read to its end: none of its tasks could begin"))
        }
        None => Ok(all_succeeded),
    }
}

struct Pool<'p, 'a> {
    queue: Mutex<Queue<'a>>,
    slots: &'p Slots,
    work: &'p dyn Streams<'a>,
    run: &'p RunContext,
}

struct Queue<'a> {
    /// The streams that have not begun, in order.
    waiting: VecDeque<usize>,
    /// Those that have, in order.
    open: Vec<Open<'a>>,
    /// How many workers have nothing to do.
    idle: usize,
    /// The number of jobs being run, including those that wait for their children.
    running: usize,
    all_succeeded: bool,
    stopped_by: Option<Error>,
}

struct Open<'a> {
    read: Arc<(usize, Begun<'a>)>,
    /// The number of its tasks being run.
    running: usize,
    /// Whether a worker is ending it.
    is_ending: bool,
}

/// What a worker does next. It has a slot for it.
enum Job<'a> {
    Task(Arc<(usize, Begun<'a>)>, usize),
    End(Arc<(usize, Begun<'a>)>),
}

impl<'p, 'a> Pool<'p, 'a> {
    fn queue(&self) -> MutexGuard<'_, Queue<'a>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs jobs until there are no more, beginning with this one.
    fn work<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, mut first: Option<Job<'a>>)
    where
        'a: 'scope,
        'p: 'scope,
    {
        while let Some(job) = first.take().or_else(|| self.wait_for_job()) {
            self.start_workers(scope, &job);
            self.run(job);
        }
    }

    /// Waits for a job; `None` if there are no more.
    fn wait_for_job(&self) -> Option<Job<'a>> {
        loop {
            // Before looking for a job, so that no change is missed.
            let seen = self.slots.changes();
            let mut queue = self.queue();
            if let Some(job) = self.next(&mut queue) {
                return Some(job);
            }
            if queue.running == 0 || queue.stopped_by.is_some() {
                return None;
            }
            queue.idle += 1;
            drop(queue);
            self.slots.wait_for_change(seen);
            self.queue().idle -= 1;
        }
    }

    /// Starts a worker for each job that no other one is free for. If this job may have to wait for its children, at least
    /// one other worker must be able to read them.
    fn start_workers<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, own: &Job<'a>)
    where
        'a: 'scope,
        'p: 'scope,
    {
        let may_wait = matches!(own, Job::Task(read, _) if self.work.has_children(read.0));
        loop {
            let mut queue = self.queue();
            if queue.idle > 0 {
                return;
            }
            let job = self.next(&mut queue);
            drop(queue);
            let is_last = job.is_none();
            if is_last && !may_wait {
                return;
            }
            if let Err(job) = self.start_worker(scope, job) {
                // No more threads can be created: read on with those that exist.
                self.slots.remove_limits();
                return job.into_iter().for_each(|job| self.run(job));
            }
            if is_last {
                return;
            }
        }
    }

    /// Starts a worker with this job. Returns the job if no thread can be created.
    fn start_worker<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        job: Option<Job<'a>>,
    ) -> Result<(), Option<Job<'a>>>
    where
        'a: 'scope,
        'p: 'scope,
    {
        let job = Arc::new(Mutex::new(job));
        let take = |job: &Mutex<Option<_>>| job.lock().unwrap_or_else(PoisonError::into_inner).take();
        let given = Arc::clone(&job);
        let worker = Builder::new().name("reader".to_owned()).spawn_scoped(scope, move || {
            self.run.watching_for_exit(|| self.work(scope, take(&given)));
        });
        worker.map(drop).map_err(|_| take(&job))
    }

    /// Takes the next job and a slot for it.
    fn next(&self, queue: &mut Queue<'a>) -> Option<Job<'a>> {
        if queue.stopped_by.is_some() || !self.slots.try_enter() {
            return None;
        }
        let job = self.find(queue);
        match &job {
            Some(_) => queue.running += 1,
            None => self.slots.leave_unused(),
        }
        job
    }

    /// Takes the next job, and begins the next stream if necessary.
    fn find(&self, queue: &mut Queue<'a>) -> Option<Job<'a>> {
        loop {
            if let Some(job) = self.next_of_open(queue) {
                return Some(job);
            }
            // Children begin in any case: their parent may be open, and wait for them.
            let is_free = |stream: &usize| {
                self.work.has_parent(*stream)
                    || !queue.open.iter().any(|open| self.work.exclude_each_other(open.read.0, *stream))
            };
            let place = queue.waiting.iter().position(is_free)?;
            let stream = queue.waiting.remove(place)?;
            match self.work.begin(stream) {
                Ok(begun) => {
                    let read = Arc::new((stream, begun));
                    queue.open.push(Open { read, running: 0, is_ending: false });
                }
                Err(error) => {
                    queue.stopped_by = Some(error);
                    self.slots.stop();
                    return None;
                }
            }
        }
    }

    /// Takes the next job of the streams that have begun.
    fn next_of_open(&self, queue: &mut Queue<'a>) -> Option<Job<'a>> {
        for place in 0..queue.open.len() {
            let stream = queue.open[place].read.0;
            let excludes =
                |other: &Open<'a>| other.running > 0 && self.work.exclude_each_other(stream, other.read.0);
            if queue.open[place].is_ending
                || self.work.waits_for_children(stream)
                || queue.open.iter().any(excludes)
            {
                continue;
            }
            let open = &mut queue.open[place];
            match open.read.1.reading.take() {
                Take::Task(task) => {
                    open.running += 1;
                    return Some(Job::Task(Arc::clone(&open.read), task));
                }
                Take::Nothing if open.running == 0 => {
                    open.is_ending = true;
                    return Some(Job::End(Arc::clone(&open.read)));
                }
                Take::Nothing | Take::Later => {}
            }
        }
        None
    }

    fn run(&self, job: Job<'a>) {
        let (read, ended) = match job {
            Job::Task(read, task) => {
                read.1.reading.run(task);
                (read, None)
            }
            Job::End(read) => {
                let ended = self.work.end(read.0, &read.1);
                (read, Some(ended))
            }
        };
        let is_closed = self.run.output.is_closed();
        let mut queue = self.queue();
        queue.running -= 1;
        let place = queue.open.iter().position(|open| Arc::ptr_eq(&open.read, &read));
        match (ended, place) {
            (None, Some(place)) => queue.open[place].running -= 1,
            (Some(Ok(succeeded)), Some(place)) => {
                queue.open.remove(place);
                queue.all_succeeded &= succeeded;
            }
            (Some(Err(error)), _) => drop(queue.stopped_by.get_or_insert(error)),
            (_, None) => {}
        }
        if is_closed {
            queue.stopped_by.get_or_insert_with(Error::stopped);
        }
        let is_over = queue.stopped_by.is_some();
        let others_run = is_over && queue.running > 0;
        drop(queue);
        if is_over {
            self.slots.stop();
        }
        self.slots.leave();
        if others_run && is_closed {
            self.run.exit_without_output();
        }
    }
}
