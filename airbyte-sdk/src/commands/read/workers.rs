//! The threads that read: they take the tasks of all streams, several at a time.
//!
//! Problem: an API that needs 100 ms per response keeps a single thread waiting. Idea: a task is a partition or a whole
//! stream. A worker takes the task that matters most: of the first stream of the catalog that has one, the first partition
//! of the list. It begins the next stream only if those that have begun have no more tasks. Another worker is started only
//! if there is a task for it, so a single stream is read on the main thread.
//!
//! What must stay true: the tasks of a stream end before its final state and status; with one worker everything happens
//! in the order of the catalog; once stdout is closed nobody waits for a worker.

use crate::error::{Error, Result};
use crate::ledger::LedgerStream;
use crate::run_context::RunContext;
use crate::source::{Reading, Take};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, Scope};
use std::time::Instant;

/// A stream that is being read.
pub(super) struct Begun<'a> {
    pub(super) reading: Box<dyn Reading + 'a>,
    pub(super) stream: LedgerStream,
    pub(super) started: Instant,
    /// The number of panics of the author's threads before.
    pub(super) panics: u32,
}

/// What the workers do with streams.
pub(super) trait Streams<'a, S>: Sync {
    /// Begins to read a stream.
    fn begin(&self, stream: &S) -> Result<Begun<'a>>;

    /// Ends the read of a stream, all of whose tasks have ended. Returns whether it succeeded.
    fn end(&self, stream: &S, begun: &Begun<'a>) -> Result<bool>;

    /// Returns the group of streams that are read one at a time, if the stream is in one.
    fn group(&self, stream: &S) -> Option<usize>;
}

/// Reads these streams with at most `most` threads. Returns whether all succeeded; an error means that the run has ended.
pub(super) fn read<'a, S: Send + Sync>(
    streams: Vec<S>,
    work: &impl Streams<'a, S>,
    most: usize,
    run: &RunContext,
) -> Result<bool> {
    let queue = Queue {
        waiting: streams.into(),
        open: Vec::new(),
        workers: 1,
        idle: 0,
        running: 0,
        all_succeeded: true,
        stopped_by: None,
    };
    let pool = Pool { queue: Mutex::new(queue), changed: Condvar::new(), work, most, run };
    std::thread::scope(|scope| pool.work(scope, None));
    let Queue { all_succeeded, stopped_by, .. } =
        pool.queue.into_inner().unwrap_or_else(PoisonError::into_inner);
    stopped_by.map_or(Ok(all_succeeded), Err)
}

struct Pool<'p, 'a, S, W> {
    queue: Mutex<Queue<'a, S>>,
    /// Notified when a task has ended.
    changed: Condvar,
    work: &'p W,
    most: usize,
    run: &'p RunContext,
}

struct Queue<'a, S> {
    /// The streams that have not begun, in order.
    waiting: VecDeque<S>,
    /// Those that have, in order.
    open: Vec<Open<'a, S>>,
    workers: usize,
    /// How many of them have nothing to do.
    idle: usize,
    /// The number of tasks being run, including the ends of streams.
    running: usize,
    all_succeeded: bool,
    stopped_by: Option<Error>,
}

struct Open<'a, S> {
    read: Arc<(S, Begun<'a>)>,
    /// The number of its tasks being run.
    running: usize,
    /// Whether a worker is ending it.
    is_ending: bool,
}

enum Job<'a, S> {
    Task(Arc<(S, Begun<'a>)>, usize),
    End(Arc<(S, Begun<'a>)>),
}

impl<'p, 'a, S: Send + Sync, W: Streams<'a, S>> Pool<'p, 'a, S, W> {
    fn queue(&self) -> MutexGuard<'_, Queue<'a, S>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs jobs until there are no more, beginning with this one.
    fn work<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, first: Option<Job<'a, S>>)
    where
        'a: 'scope,
        'p: 'scope,
    {
        let mut first = first;
        while let Some(job) = first.take().or_else(|| self.wait_for_job()) {
            self.start_workers(scope);
            self.run(job);
        }
    }

    /// Waits for a job; `None` if there are no more.
    fn wait_for_job(&self) -> Option<Job<'a, S>> {
        let mut queue = self.queue();
        loop {
            if let Some(job) = self.next(&mut queue) {
                return Some(job);
            }
            if queue.running == 0 || queue.stopped_by.is_some() {
                queue.workers -= 1;
                return None;
            }
            queue.idle += 1;
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
            queue.idle -= 1;
        }
    }

    /// Starts a worker for each job that no other one is free for.
    fn start_workers<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>)
    where
        'a: 'scope,
        'p: 'scope,
    {
        loop {
            let mut queue = self.queue();
            if queue.workers >= self.most || queue.idle > 0 {
                return;
            }
            let Some(job) = self.next(&mut queue) else { return };
            queue.workers += 1;
            drop(queue);
            let job = Arc::new(Mutex::new(Some(job)));
            let given = Arc::clone(&job);
            let take =
                |job: &Mutex<Option<Job<'a, S>>>| job.lock().unwrap_or_else(PoisonError::into_inner).take();
            let worker = Builder::new().name("reader".to_owned()).spawn_scoped(scope, move || {
                self.run.watching_for_exit(|| self.work(scope, take(&given)));
            });
            if worker.is_err() {
                // No more threads can be created: read on with those that exist.
                self.queue().workers -= 1;
                if let Some(job) = take(&job) {
                    self.run(job);
                }
                return;
            }
        }
    }

    /// Takes the next job, and begins the next stream if necessary.
    fn next(&self, queue: &mut Queue<'a, S>) -> Option<Job<'a, S>> {
        if queue.stopped_by.is_some() {
            return None;
        }
        loop {
            if let Some(job) = self.next_of_open(queue) {
                queue.running += 1;
                return Some(job);
            }
            let is_free = |stream: &S| match self.work.group(stream) {
                None => true,
                group => !queue.open.iter().any(|open| self.work.group(&open.read.0) == group),
            };
            let place = queue.waiting.iter().position(is_free)?;
            let stream = queue.waiting.remove(place)?;
            match self.work.begin(&stream) {
                Ok(begun) => {
                    let read = Arc::new((stream, begun));
                    queue.open.push(Open { read, running: 0, is_ending: false });
                }
                Err(error) => {
                    queue.stopped_by = Some(error);
                    return None;
                }
            }
        }
    }

    /// Takes the next job of the streams that have begun.
    fn next_of_open(&self, queue: &mut Queue<'a, S>) -> Option<Job<'a, S>> {
        for open in queue.open.iter_mut().filter(|open| !open.is_ending) {
            if open.running > 0 && self.work.group(&open.read.0).is_some() {
                continue;
            }
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

    fn run(&self, job: Job<'a, S>) {
        let (read, ended) = match job {
            Job::Task(read, task) => {
                read.1.reading.run(task);
                (read, None)
            }
            Job::End(read) => {
                let ended = self.work.end(&read.0, &read.1);
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
        let others_run = queue.stopped_by.is_some() && queue.running > 0;
        drop(queue);
        self.changed.notify_all();
        if others_run && is_closed {
            self.run.exit_without_output();
        }
    }
}
