//! Where a fetch function puts its records: each becomes a line, is counted, and moves the stream's state on.

mod checkpoint;
mod partitions;

pub(crate) use self::partitions::Turns;

use crate::cursor::Progress;
use crate::error::{Error, Result};
use crate::hold::Hold;
use crate::http::{Http, Usage};
use crate::ledger::{Block, LedgerStream, Tally};
use crate::output::{self, RecordLine};
use crate::pulse::Pulse;
use crate::read_context::{Pace, ReadContext};
use crate::stream::{NotFinite, OnNull, Stream, StreamInfo};
use std::sync::Arc;

/// How often the log says how far a long read has come.
const MILLISECONDS_PER_NOTE: i64 = 10_000;

/// Takes the records of one stream. A fetch function gets it as `out`.
///
/// A record is on its way as soon as it is emitted: nothing is held back for the end of the page, and memory does
/// not grow with the number of records. When a record goes out, who sees it first and how far the stream's state
/// has come is not the author's concern.
pub struct Emitter<T: Stream> {
    /// `None` while checking the connection: then the first record is enough and none is written.
    to: Option<Destination<T::Cursor>>,
    http: Http,
    /// What the requests for the whole stream have come to.
    stream_usage: Usage,
    info: StreamInfo,
    /// Whether each record must have a position.
    needs_cursor: bool,
    /// Whether the order is relied upon.
    ascends: bool,
    line: RecordLine,
    hold: Hold,
    pace: Pace,
    /// Records until the clock is read again.
    clock_in: u32,
    /// The pulse at the last reading.
    beat: u32,
    pulse: Pulse,
    started_at: i64,
    /// When the log said last how it goes.
    told_at: i64,
    /// How many records are expected of this read.
    estimate: u64,
    /// Set by the first error, so that a fetch function cannot overlook it.
    failed: Option<Error>,
}

/// Where the records go.
struct Destination<C> {
    stream: LedgerStream,
    block: Arc<Block<C>>,
    in_partitions: bool,
}

impl<T: Stream> Emitter<T> {
    /// Of a stream that is read in one go, from this position on.
    pub(crate) fn new<C>(info: &StreamInfo, context: &ReadContext<'_, C>, since: Option<T::Cursor>) -> Self {
        Self::of(info, context, None, Progress::new(info.order, since))
    }

    fn of<C>(
        info: &StreamInfo,
        context: &ReadContext<'_, C>,
        partition: Option<&str>,
        progress: Progress<T::Cursor>,
    ) -> Self {
        let now = output::now();
        let hold = context.holds().hold(false);
        let pulse = context.stream.as_ref().map_or_else(Pulse::default, |stream| stream.pulse().clone());
        let ascends = progress.can_checkpoint();
        let to = context.stream.as_ref().map(|stream| Destination {
            stream: stream.clone(),
            block: Block::new(stream, partition, info.state_key(), &hold, progress),
            in_partitions: partition.is_some(),
        });
        let not_finite_fails = info.not_finite == NotFinite::Fail;
        Self {
            to,
            http: context.http_for(&hold),
            stream_usage: context.http.usage().clone(),
            needs_cursor: info.has_cursor() && info.on_null == OnNull::Fail,
            ascends,
            info: info.clone(),
            line: RecordLine::new(&context.descriptor, context.columns.clone(), not_finite_fails),
            hold,
            pace: context.pace,
            clock_in: 0,
            beat: 0,
            pulse,
            started_at: now,
            told_at: now,
            estimate: 0,
            failed: None,
        }
    }

    /// Returns the HTTP client for this read. All streams share its connections, rate limit and retries.
    ///
    /// It is a handle of its own, so records can be emitted while a function that was given the client still reads:
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

    /// Tells how many records this read will bring, when the service says so: whoever runs the sync sees how far it is.
    /// Where a stream is read partition by partition, it is the number of this partition, and those of all partitions add up.
    ///
    /// # Errors
    ///
    /// When nobody reads any more.
    pub fn estimate(&mut self, records: u64) -> Result<()> {
        let Some(to) = &self.to else { return Ok(()) };
        let more = i128::from(records) - i128::from(self.estimate);
        self.estimate = records;
        to.stream.estimate(more)
    }

    /// Sends one record. A number that is not finite (NaN, infinity) has no form in JSON: it is written as null, and the
    /// record says so, unless the stream says `not_finite = fail`.
    ///
    /// # Errors
    ///
    /// When the record cannot be written as JSON, when it lacks a position that it must have, when an ascending stream
    /// goes back, or when nobody reads any more. Return the error with `?`: emitting is over for this stream.
    #[inline]
    pub fn emit(&mut self, record: T) -> Result<()> {
        match self.try_emit(&record) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.fail(error)),
        }
    }

    /// Sends all records of an iterator, up to the first error.
    ///
    /// # Errors
    ///
    /// The iterator's own, or those of [`emit`](Self::emit).
    pub fn try_extend(&mut self, records: impl IntoIterator<Item = Result<T>>) -> Result<()> {
        records.into_iter().try_for_each(|record| match record {
            Ok(record) => self.emit(record),
            Err(error) => Err(self.fail(error)),
        })
    }

    /// Keeps the position of the stream where it is: no state covers the records that are emitted from here on, until
    /// [`release`](Self::release) says that they are complete. If the fetch function ends before that, in whichever way,
    /// or the run is stopped, the next read starts at this position again.
    ///
    /// Use it where you find out only later whether records are missing:
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
    /// The SDK holds a stream by itself while it reads a page whose end can still show that it is incomplete, and when a
    /// request or an iterator of [`http`](Self::http) fails: ignoring such an error does not context the read into a complete
    /// one. Only HTTP 404 and 410 in answer to a single request, or to the first one of an iterator, are left to the fetch
    /// function, since they may say that there is nothing.
    ///
    /// In a stream without `order = ascending` the position moves only at the end, so a hold that lasts until then keeps
    /// it where the read began. In a stream without a cursor it is an error: such a read is complete or it is not.
    pub fn hold(&mut self) {
        self.hold.hold();
    }

    /// Ends the last [`hold`](Self::hold): the records that were emitted since then are complete. A hold before that one
    /// lasts, and so does one that a failed request left behind.
    pub fn release(&mut self) {
        self.hold.release();
    }

    /// Says that nothing is missing although a request failed or a page was not read to its end: because the fetch function
    /// has made up for it, or does not need what was requested. Without this the read fails, or the position stays before
    /// the page.
    ///
    /// It covers what the client of this emitter ([`http`](Self::http)) has failed at, on whichever thread. What the client
    /// of another partition or stream has failed at, and a panic of a thread, remain.
    pub fn forgive(&mut self) {
        self.hold.forgive();
    }

    #[inline]
    fn try_emit(&mut self, record: &T) -> Result<()> {
        if self.clock_in == 0 || self.beat != self.pulse.count() {
            self.pause()?;
        }
        let Some(to) = &self.to else {
            return Err(Error::stopped());
        };
        self.clock_in -= 1;
        self.line.write(record)?;
        let cursor = record.cursor();
        if cursor.is_none() && self.needs_cursor {
            return Err(no_position(&self.info));
        }
        to.block.add(self.line.bytes(), cursor)
    }

    /// What is done only now and then: the clock, and a state.
    #[cold]
    fn pause(&mut self) -> Result<()> {
        let Some(to) = &self.to else { return Ok(()) };
        // The pulse first: a hold that begins after it is found by the next record.
        self.beat = self.pulse.count();
        to.block.note_hold();
        if self.failed.is_some() {
            return Err(Error::stopped());
        }
        // Time alone does not move the places where records are counted: the same records give the same states.
        if self.clock_in == 0 {
            self.clock_in = self.pace.records_per_clock;
        }
        let now = output::now();
        self.line.set_clock(now);
        if now - self.told_at >= MILLISECONDS_PER_NOTE {
            self.told_at = now;
            let seconds = (now - self.started_at) as f64 / 1e3;
            let rate = to.block.total() as f64 / seconds;
            log::info!("{}: {} so far, {rate:.0} records a second", self.info.name, self.tally());
        }
        if to.block.can_checkpoint() && to.block.has_news() && to.is_state_due(&self.pace, now) {
            to.checkpoint()?;
        }
        Ok(())
    }

    /// What the stream has come to.
    fn tally(&self) -> Tally {
        let Some(to) = &self.to else { return Tally::default() };
        let tally = to.stream.tally();
        Tally { records: tally.records + to.block.size().0, answers: self.stream_usage.answers(), ..tally }
    }

    /// Keeps the first error, so that swallowing it does not context a failure into a success.
    #[cold]
    fn fail(&mut self, error: Error) -> Error {
        self.clock_in = 0;
        self.take_back();
        if self.failed.is_none() {
            self.failed = Some(error);
        }
        Error::stopped()
    }
}

#[cold]
fn no_position(info: &StreamInfo) -> Error {
    Error::system(format!(
        "a record of the stream `{}` has no position: its cursor `{}` is null",
        info.name,
        info.state_key().unwrap_or_default()
    ))
    .with_internal("say `on_null = emit` on the stream if such records are to be sent")
}
