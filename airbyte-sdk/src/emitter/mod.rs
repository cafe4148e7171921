//! Where a fetch function puts its records: each becomes a line, is counted, and moves the stream's state on.

mod checkpoint;
mod partitions;

pub(crate) use self::partitions::{NEXT, PARTITIONS, Positions};

use self::partitions::Partitions;
use crate::cursor::{Order, Progress};
use crate::error::{Error, Result};
use crate::hold::Hold;
use crate::http::Http;
use crate::output::{self, Output, RecordLine};
use crate::protocol::{
    AirbyteEstimateTraceMessage, AirbyteStreamStatus, EstimateType, StreamDescriptor, Trace,
};
use crate::read_context::{Pace, ReadContext};
use crate::stream::{NotFinite, OnNull, Stream, StreamInfo};
use serde_json::{Map, json};
use std::fmt;
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
    output: Option<Arc<Output>>,
    http: Http,
    info: StreamInfo,
    /// Whether each record must have a position.
    needs_cursor: bool,
    /// The name and namespace that the catalog has for it.
    stream: StreamDescriptor,
    line: RecordLine,
    progress: Progress<T::Cursor>,
    hold: Hold,
    /// Whether records before a hold are not covered by a state yet.
    owes_state: bool,
    /// What of the stream is read, if it is read partition by partition.
    partitions: Option<Partitions>,
    pace: Pace,
    /// Records until the clock is read again.
    clock_in: u32,
    /// The output's beat at the last reading.
    beat: u32,
    /// When the last state was sent, or the stream was started.
    state_at: i64,
    started_at: i64,
    /// When the log said last how it goes.
    told_at: i64,
    since_state: u64,
    total: u64,
    /// Whether the platform was told that the stream is running.
    announced: bool,
    answers_before: u64,
    /// How many records are expected: of the partitions before, and of this one.
    estimate: (u64, u64),
    /// Set by the first error, so that a fetch function cannot overlook it.
    failed: Option<Error>,
}

/// What a stream has come to.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    records: u64,
    states: u64,
    /// Requests that were answered.
    answers: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        write!(f, "{} (", counted(self.records, "record"))?;
        if self.answers > 0 {
            write!(f, "{}, ", counted(self.answers, "request"))?;
        }
        write!(f, "{})", counted(self.states, "state"))
    }
}

impl<T: Stream> Emitter<T> {
    pub(crate) fn new<C>(
        info: &StreamInfo,
        context: &ReadContext<'_, C>,
        output: Option<Arc<Output>>,
        since: Option<T::Cursor>,
    ) -> Self {
        let now = output::now();
        // After the state: a hold may begin with the stream.
        if let Some(output) = &output {
            let none = Map::new();
            output.stands_at(json!(context.state.as_ref().unwrap_or(&none)).to_string());
        }
        let hold = Hold::new(output.clone());
        Self {
            line: RecordLine::new(
                &context.descriptor,
                context.columns.clone(),
                info.not_finite == NotFinite::Fail,
            ),
            output,
            http: context.http.held_by(&hold),
            hold,
            needs_cursor: info.has_cursor() && info.on_null == OnNull::Fail,
            info: info.clone(),
            owes_state: false,
            stream: context.descriptor.clone(),
            progress: Progress::new(info.order, since),
            partitions: None,
            pace: context.pace,
            clock_in: 0,
            beat: 0,
            state_at: now,
            started_at: now,
            told_at: now,
            since_state: 0,
            total: 0,
            announced: false,
            answers_before: context.http.answers(),
            estimate: (0, 0),
            failed: None,
        }
    }

    /// The client for this read: one for all streams, with time limits and retries.
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// Tells how many records this read will bring, when the service says so: whoever runs the sync sees how far it is.
    /// Where a stream is read partition by partition, it is the number of this partition, and those of all partitions add up.
    ///
    /// # Errors
    ///
    /// When nobody reads any more.
    pub fn estimate(&mut self, records: u64) -> Result<()> {
        let Some(output) = &self.output else { return Ok(()) };
        let mut estimate = AirbyteEstimateTraceMessage::new(&self.stream.name, EstimateType::Stream);
        estimate.namespace = self.stream.namespace.clone();
        self.estimate.1 = records;
        estimate.row_estimate = Some(self.estimate.0.saturating_add(records));
        output.trace(Trace::Estimate(estimate))
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
    pub fn forgive(&mut self) {
        self.hold.forgive();
    }

    #[inline]
    fn try_emit(&mut self, record: &T) -> Result<()> {
        let Some(output) = &self.output else {
            return Err(Error::stopped());
        };
        if self.clock_in == 0 || self.beat != output.beats() {
            self.pause()?;
        }
        self.clock_in -= 1;
        self.line.write(record)?;
        if let Some(cursor) = record.cursor() {
            self.progress.observe(cursor)?;
        } else if self.needs_cursor {
            return Err(no_position(&self.info));
        }
        // Borrowed anew, since `pause` needed all of `self`.
        if let Some(output) = &self.output {
            output.record(self.line.bytes())?;
        }
        self.since_state += 1;
        Ok(())
    }

    /// What is done only now and then: the clock, the first record's status, the state.
    #[cold]
    fn pause(&mut self) -> Result<()> {
        // The beat first: a hold that begins after it is found by the next record.
        self.beat = self.output.as_ref().map_or(0, |output| output.beats());
        self.note_hold();
        let Some(output) = &self.output else { return Ok(()) };
        if self.failed.is_some() {
            return Err(Error::stopped());
        }
        if self.progress.can_checkpoint() && self.progress.is_at_furthest() {
            output.vouch((!T::CURSOR_FIELD.is_empty()).then_some(T::CURSOR_FIELD));
        }
        // Time alone does not move the places where records are counted: the same records give the same states.
        if self.clock_in == 0 {
            self.clock_in = self.pace.records_per_clock;
        }
        let now = output::now();
        self.line.set_clock(now);
        if !self.announced {
            self.announced = true;
            output.status(&self.stream, AirbyteStreamStatus::Running)?;
        }
        if now - self.told_at >= MILLISECONDS_PER_NOTE {
            self.told_at = now;
            let seconds = (now - self.started_at) as f64 / 1e3;
            let rate = self.records() as f64 / seconds;
            log::info!("{}: {} so far, {rate:.0} records a second", self.stream.name, self.tally());
        }
        if self.has_news() && self.progress.can_checkpoint() && self.is_state_due(now) {
            self.checkpoint()?;
        }
        Ok(())
    }

    /// How many records this read has brought so far.
    fn records(&self) -> u64 {
        self.total + self.since_state
    }

    fn tally(&self) -> Tally {
        Tally {
            records: self.records(),
            states: self.output.as_ref().map_or(0, |output| output.states()),
            answers: self.http.answers() - self.answers_before,
        }
    }

    /// RUNNING comes with the first record; a stream without any says it at its end.
    fn announce(&self) -> Result<()> {
        match &self.output {
            Some(output) if !self.announced => output.status(&self.stream, AirbyteStreamStatus::Running),
            _ => Ok(()),
        }
    }

    /// Keeps the first error, so that swallowing it does not context a failure into a success.
    #[cold]
    fn fail(&mut self, error: Error) -> Error {
        self.clock_in = 0;
        if self.info.order == Order::Ascending && !self.progress.can_checkpoint() {
            self.take_back();
        }
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
