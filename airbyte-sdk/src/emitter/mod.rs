//! The emitter: serializes the records of a fetch function into lines and decides when a state is sent.
//!
//! `emit` is the hot path: it serializes the record, checks its cursor and appends the line to a block of the ledger. All
//! other work (the clock, holds, states, progress messages) is in `pause`, which runs every few records and whenever the
//! [`Epoch`] has changed.

mod checkpoint;
mod partitions;
mod window;
mod windows;

pub(crate) use self::partitions::Received;
pub(crate) use self::window::CompleteWindow;

use crate::cursor::Progress;
use crate::epoch::Epoch;
use crate::error::{Error, Result};
use crate::feed::{self, Feed};
use crate::hold::Hold;
use crate::http::{Http, Usage};
use crate::ledger::{Block, LedgerStream, Started, Tally};
use crate::output::{self, RecordLine};
use crate::read_context::{ReadContext, RecordIntervals};
use crate::stream::{NotFinite, OnNull, Stream, StreamInfo};
use std::sync::Arc;
use std::time::Duration;

/// How often the log reports the progress of a long read.
const MILLISECONDS_PER_PROGRESS_LOG: i64 = 10_000;

/// Takes the records of one stream. Passed to a fetch function as `out`.
///
/// Buffering, flushing and checkpointing are handled by the SDK. Records are written within about 100 ms, and memory does
/// not grow with their number.
pub struct Emitter<T: Stream> {
    /// `None` for `check`, which stops at the first record, and for a parent that is only read for its children.
    to: Option<Destination<T::Cursor>>,
    /// Where the records go as parents of other streams.
    feed: Option<Feed>,
    /// A hash of the name of the partition; 0 if there is none. In a group it changes with each record, since it is not known
    /// which member a record belongs to.
    partition: u32,
    is_group: bool,
    http: Http,
    /// Counts the requests of the whole stream.
    stream_usage: Usage,
    purpose: Purpose,
    info: StreamInfo,
    /// Whether a record without a cursor value is an error.
    needs_cursor: bool,
    /// Whether the stream is read in ascending order, so that states are sent during the read.
    ascends: bool,
    line: RecordLine,
    hold: Hold,
    intervals: RecordIntervals,
    /// The number of records until the clock is read again.
    clock_in: u32,
    /// The epoch of the last `pause`.
    seen_epoch: u32,
    epoch: Epoch,
    /// When the read of the stream or partition began, in milliseconds.
    started_at: i64,
    /// How long after its time a record may still become visible.
    settling_time: Duration,
    /// Returns the cursor value of a time, if numbers are times.
    epoch_cursor: Option<windows::EpochCursorOf<T::Cursor>>,
    /// When to check again whether a state is due.
    next_check: checkpoint::NextCheck,
    /// When the progress was last logged.
    logged_at: i64,
    /// The expected number of records of this read.
    estimate: u64,
    /// The first error, kept because a fetch function may drop it.
    failed: Option<Error>,
}

/// What an emitter is used for.
#[derive(Clone, Copy, PartialEq)]
enum Purpose {
    /// Reading a stream or a partition.
    Stream,
    /// Listing the windows of a stream, and keeping its position while they are read.
    Windows,
    /// Reading one of these windows. It does not move the position.
    Window,
}

/// Where the records are sent.
struct Destination<C> {
    stream: LedgerStream,
    block: Arc<Block<C>>,
    /// Whether the position is a cursor value: not in a full refresh of a partition, which is finished or not.
    takes_checkpoints: bool,
    in_partitions: bool,
}

impl<T: Stream> Emitter<T> {
    /// Creates the emitter of an unpartitioned stream that resumes from `since`.
    pub(crate) fn new<C>(info: &StreamInfo, context: &ReadContext<'_, C>, since: Option<T::Cursor>) -> Self {
        Self::create(info, context, 0, [].into(), info.state_key(), Progress::new(info.order, since))
    }

    fn create<C>(
        info: &StreamInfo,
        context: &ReadContext<'_, C>,
        task: usize,
        partitions: Started<T::Cursor>,
        key: Option<String>,
        progress: Progress<T::Cursor>,
    ) -> Self {
        let now = output::now();
        let hold = context.holds.hold(false);
        let epoch = context.stream.as_ref().map_or_else(Epoch::default, |stream| stream.epoch().clone());
        let ascends = progress.ascends();
        let partition = partitions.first().map_or(0, |(name, _)| feed::hash(name.as_bytes()));
        let is_group = partitions.len() > 1;
        let to = context.stream.as_ref().map(|stream| Destination {
            stream: stream.clone(),
            takes_checkpoints: key.is_some(),
            in_partitions: !partitions.is_empty(),
            block: Block::new(stream, partitions, key, &hold, progress),
        });
        let not_finite_fails = info.not_finite == NotFinite::Fail;
        Self {
            to,
            feed: context.feed.clone(),
            partition,
            is_group,
            http: context.http_for(&hold, task),
            stream_usage: context.http.usage().clone(),
            purpose: Purpose::Stream,
            needs_cursor: info.has_cursor() && info.on_null == OnNull::Fail,
            ascends,
            info: info.clone(),
            line: RecordLine::new(&context.descriptor, context.columns.clone(), not_finite_fails),
            hold,
            intervals: context.intervals,
            clock_in: 0,
            seen_epoch: 0,
            epoch,
            started_at: now,
            settling_time: windows::DEFAULT_SETTLING_TIME,
            epoch_cursor: None,
            next_check: checkpoint::NextCheck::default(),
            logged_at: now,
            estimate: 0,
            failed: None,
        }
    }

    /// Returns the HTTP client for this read. All streams share its connections, rate limits and retries.
    ///
    /// The client does not borrow the emitter, so records can be emitted while an iterator of the client is read:
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Emitter, Http, Result, airbyte_stream};
    /// # #[airbyte_stream(name = "visits")] struct Visit { id: u64 }
    /// fn visits(http: &Http) -> impl Iterator<Item = Result<u64>> {
    ///     http.get("https://shop.example/visits").elements("")
    /// }
    ///
    /// # fn example(out: &mut Emitter<Visit>) -> Result<()> {
    /// for id in visits(&out.http()) {
    ///     out.emit(Visit { id: id? })?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn http(&self) -> Http {
        self.http.clone()
    }

    /// Reports the expected record count, if the API provides one, so that the platform can show progress.
    ///
    /// For a partition or a window, pass the count of that one; the SDK adds them up.
    ///
    /// # Errors
    ///
    /// Fails if stdout was closed.
    pub fn estimate(&mut self, records: u64) -> Result<()> {
        let Some(to) = &self.to else { return Ok(()) };
        let more = i128::from(records) - i128::from(self.estimate);
        self.estimate = records;
        to.stream.estimate(more)
    }

    /// Sends one record.
    ///
    /// A non-finite number (NaN, infinity) is written as null and listed in the record's `meta.changes`, unless the stream
    /// is declared `not_finite = fail`.
    ///
    /// # Errors
    ///
    /// Fails if the record cannot be serialized, its cursor is null (`on_null = fail`), the cursor decreases in an ascending
    /// stream, or stdout was closed. Return the error with `?`: no more records of this stream are accepted.
    #[inline]
    pub fn emit(&mut self, record: T) -> Result<()> {
        match self.try_emit(&record) {
            Ok(()) if self.feed.is_none() => Ok(()),
            Ok(()) => self.pass_to_children(record),
            Err(error) => Err(self.fail(error)),
        }
    }

    /// Sends all records of an iterator, up to the first error.
    ///
    /// # Errors
    ///
    /// Returns the errors of the iterator and of [`emit`](Self::emit).
    pub fn try_extend(&mut self, records: impl IntoIterator<Item = Result<T>>) -> Result<()> {
        records.into_iter().try_for_each(|record| match record {
            Ok(record) => self.emit(record),
            Err(error) => Err(self.fail(error)),
        })
    }

    /// Holds the position of the stream: no state covers the records emitted from now on until [`release`](Self::release).
    /// If the fetch function returns or the run is stopped before that, the next read resumes from the held position.
    ///
    /// Use it if you can tell only later whether records are missing:
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Emitter, Error, Result, airbyte_stream};
    /// # #[airbyte_stream(name = "visits", cursor = id, order = ascending)] #[derive(Deserialize)] struct Visit { id: u64 }
    /// #[derive(Deserialize)]
    /// struct Page {
    ///     visits: Vec<Visit>,
    ///     total: usize,
    /// }
    ///
    /// # fn example(out: &mut Emitter<Visit>) -> Result<()> {
    /// let page: Page = out.http().get("https://shop.example/visits").json()?;
    /// let count = page.visits.len();
    /// out.hold();
    /// out.try_extend(page.visits.into_iter().map(Ok))?;
    /// if count != page.total {
    ///     return Err(Error::transient(format!("the API announced {} visits and sent {count}", page.total)));
    /// }
    /// out.release();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The SDK itself holds a stream while it reads a page that can still turn out to be incomplete, and after a request or
    /// an iterator of [`http`](Self::http) has failed, even if the fetch function ignores the error. The exception is HTTP
    /// 404 or 410 for a single request or the first one of an iterator, which may mean that there is no data.
    ///
    /// A stream without `order = ascending` moves its position only at the end and at a [`checkpoint`](Self::checkpoint), so a
    /// hold that lasts until the end keeps the position at the last checkpoint, or where the read began. In a stream without a cursor, a hold that is not released is an error.
    pub fn hold(&mut self) {
        self.hold.hold();
    }

    /// Ends the last [`hold`](Self::hold): the records emitted since then are complete. Earlier holds and the holds of failed
    /// requests remain.
    pub fn release(&mut self) {
        self.hold.release();
    }

    /// Declares that no records are missing although a request failed or a page was not read to its end, because the fetch
    /// function has compensated for it or does not need the data. Otherwise the read fails, or the position stays before the
    /// page.
    ///
    /// Applies to all failures of this emitter's client ([`http`](Self::http)) so far, on any thread. It does not apply to
    /// the clients of other partitions and streams, nor to panics of threads.
    pub fn forgive(&mut self) {
        self.hold.forgive();
    }

    #[inline]
    fn try_emit(&mut self, record: &T) -> Result<()> {
        if self.clock_in == 0 || self.seen_epoch != self.epoch.current() {
            self.pause()?;
        }
        let Some(to) = &self.to else {
            return if self.feed.is_some() && self.failed.is_none() { Ok(()) } else { Err(Error::stopped()) };
        };
        self.clock_in -= 1;
        self.line.write(record)?;
        let cursor = record.cursor();
        if cursor.is_none() && self.needs_cursor {
            return Err(null_cursor(&self.info));
        }
        to.block.add(self.line.bytes(), cursor)
    }

    /// Reads the clock and the holds, and sends a state if one is due.
    #[cold]
    fn pause(&mut self) -> Result<()> {
        if self.purpose == Purpose::Windows {
            return Err(window::emitted_while_listing());
        }
        let Some(to) = &self.to else { return Ok(()) };
        // The epoch first: a hold that begins after this line advances it again, and the next record sees that.
        self.seen_epoch = self.epoch.current();
        to.block.update_hold();
        if self.failed.is_some() {
            return Err(Error::stopped());
        }
        // Reset only by the count of records, not by an epoch, so that the same records lead to the same states.
        if self.clock_in == 0 {
            self.clock_in = self.intervals.records_per_clock;
        }
        let now = output::now();
        self.line.set_clock(now);
        if now - self.logged_at >= MILLISECONDS_PER_PROGRESS_LOG {
            self.logged_at = now;
            let seconds = (now - self.started_at) as f64 / 1e3;
            let records =
                if self.purpose == Purpose::Window { self.tally().records } else { to.block.total() };
            let rate = records as f64 / seconds;
            log::info!("{}: {} so far, {rate:.0} records/s", self.info.name, self.tally());
        }
        if !self.next_check.has_come(to.block.total(), now) {
            return Ok(());
        }
        let owes_state = match self.purpose {
            Purpose::Window => to.stream.has_reached_position() && to.stream.has_moved(),
            Purpose::Stream | Purpose::Windows => to.block.can_checkpoint() && to.block.has_uncovered(),
        };
        if !owes_state {
            return Ok(());
        }
        match to.next_check(&self.intervals, now) {
            None => to.checkpoint(),
            Some(next) => {
                self.next_check = next;
                Ok(())
            }
        }
    }

    /// Passes a record to the streams of its children.
    #[cold]
    fn pass_to_children(&mut self, record: T) -> Result<()> {
        let Some(feed) = &self.feed else { return Ok(()) };
        if self.is_group {
            self.partition = self.partition.wrapping_add(1).max(1);
        }
        match feed.pass_record(record, self.partition) {
            // No child accepts more parents, and the stream itself is not selected: the rest of it need not be read.
            Ok(false) if !self.is_selected() => Err(self.fail(Error::stopped())),
            Ok(_) => Ok(()),
            Err(error) => Err(self.fail(error)),
        }
    }

    /// Returns whether the stream is in the configured catalog.
    fn is_selected(&self) -> bool {
        self.to.as_ref().is_some_and(|to| to.stream.is_selected())
    }

    /// Returns the totals of the stream so far.
    fn tally(&self) -> Tally {
        let Some(to) = &self.to else { return Tally::default() };
        let tally = to.stream.tally();
        Tally { records: tally.records + to.block.size().0, requests: self.stream_usage.responses(), ..tally }
    }

    /// Keeps the first error, so that a fetch function that drops it still fails.
    #[cold]
    fn fail(&mut self, error: Error) -> Error {
        self.clock_in = 0;
        self.retract_states();
        if self.failed.is_none() {
            self.failed = Some(error);
        }
        Error::stopped()
    }
}

#[cold]
fn null_cursor(info: &StreamInfo) -> Error {
    Error::system(format!(
        "a record of the stream `{}` has a null cursor `{}`",
        info.name,
        info.state_key().unwrap_or_default()
    ))
    .with_internal("to send such records, add `on_null = emit` to the stream's attributes")
}
