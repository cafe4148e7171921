//! Checkpoints of the fetch function, and the windows that it sets them at the ends of.
//!
//! Problem: an unordered stream has no valid position before its end, and one without records has none at all. But an author
//! who reads window by window knows one: the end of each window that was read. Yet the end of the newest window is now, and
//! records of the last minutes may not be visible yet.
//!
//! What must stay true: a checkpoint never moves the position back, past a hold, or past the time at which the read began
//! minus the settling time.

use super::{Emitter, Purpose};
use crate::cursor;
use crate::error::{Error, Result};
use crate::output;
use crate::stream::Stream;
use crate::windows::{Bound, EpochCursor, EpochUnit, Point, TimeCursor, Windows};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// How long after its time a record may become visible. Covers a clock that differs, an index that lags behind, and
/// transactions that end late. Costs that all syncs read the records of this time again.
pub(super) const DEFAULT_SETTLING_TIME: Duration = Duration::from_secs(600);

/// Returns the cursor value of a time, for a cursor that is a number of units since 1970.
pub(super) type EpochCursorOf<C> = (EpochUnit, fn(i128) -> Option<C>);

impl<T: Stream> Emitter<T> {
    /// Declares that all records before this position have been emitted, so that a state may say so. The next read resumes
    /// there: its `since` is this position, inclusive.
    ///
    /// This is the only way to move the position of a stream without `order = ascending` before its end, and of a stream or
    /// partition without records. Records after a checkpoint do not move the position until the next one.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Date, Deserialize, Emitter, Http, Result, airbyte_stream, jiff::ToSpan};
    /// # #[airbyte_stream(name = "sales", cursor = day)] #[derive(Deserialize)] struct Sale { day: Date }
    /// /// The API returns the sales of a range of days, in any order.
    /// fn sales(http: &Http, from: Date, to: Date) -> impl Iterator<Item = Result<Sale>> {
    ///     http.get("https://shop.example/sales").query("from", from).query("to", to).elements("sales")
    /// }
    ///
    /// # fn example(since: Option<Date>, out: &mut Emitter<Sale>) -> Result<()> {
    /// for window in out.windows(since, Date::constant(2024, 1, 1)).steps(30.days())? {
    ///     for sale in sales(&out.http(), window.start(), window.last()) {
    ///         out.emit(sale?)?;
    ///     }
    ///     out.checkpoint(window.end())?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A checkpoint is safe to set too far or too early in these cases:
    ///
    /// - It never moves the position back: one before `since` or an earlier checkpoint has no effect.
    /// - While the stream is [held](Self::hold), it takes effect when the hold ends.
    /// - If the cursor is a `Date`, `DateTime` or `Timestamp`, or a number with [`epoch_windows`](Self::epoch_windows), the
    ///   position does not pass [`started_at`](Self::started_at) minus the [settling time](Self::settling_time), since newer
    ///   records may become visible later. In a stream with checkpoints this also applies to the position at the end of the
    ///   read, unless the stream is ascending. A `Date` or `DateTime` has no time zone, so the time at UTC−12 counts.
    ///
    /// The SDK decides when a state is sent. Checkpoints have no effect in a full refresh of partitions, which has no positions,
    /// and in [`#[windows]`](crate::airbyte_source#windows), whose windows move the position at their ends.
    ///
    /// # Errors
    ///
    /// Fails if an earlier call of the emitter has failed, or stdout was closed.
    pub fn checkpoint(&mut self, position: T::Cursor) -> Result<()> {
        match self.try_checkpoint(&position) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.fail(error)),
        }
    }

    fn try_checkpoint(&self, position: &T::Cursor) -> Result<()> {
        if self.failed.is_some() {
            return Err(Error::stopped());
        }
        if self.purpose == Purpose::Windows {
            return Err(super::window::checkpoint_while_listing());
        }
        let Some(to) = self.to.as_ref().filter(|to| to.takes_checkpoints) else { return Ok(()) };
        to.block.set_checkpoint(position, self.limit());
        let is_due = to.block.has_uncovered() && to.is_state_due(&self.intervals, output::now());
        if is_due { to.checkpoint() } else { Ok(()) }
    }

    /// Returns the greatest position that a checkpoint may claim; `None` if the cursor is not a time.
    pub(super) fn limit(&self) -> Option<T::Cursor> {
        let settling_time = SignedDuration::try_from(self.settling_time).unwrap_or(SignedDuration::MAX);
        let limit = self.started_at().checked_sub(settling_time).unwrap_or(Timestamp::MIN);
        match self.epoch_cursor {
            Some((unit, value)) => value(unit.count(limit)),
            None => cursor::at_time(limit),
        }
    }

    /// Sets how long after its time a record may still become visible in the API; by default 10 minutes. Applies to later
    /// [checkpoints](Self::checkpoint).
    ///
    /// Each sync reads the records of this time again. A shorter time costs less, and loses records if the API adds some
    /// later than that, or if its clock is behind by more than that. Use 0 only if the API returns what it has as of its own
    /// clock, and no record can be added before that.
    pub fn settling_time(&mut self, time: Duration) {
        self.settling_time = time;
    }

    /// Returns the time at which the read of this stream or partition began. [`windows`](Self::windows) end there.
    pub fn started_at(&self) -> Timestamp {
        // The clock is read within this range.
        Timestamp::from_millisecond(self.started_at).unwrap_or(Timestamp::MIN)
    }

    /// Sets the time at which the read began, for tests.
    #[cfg(feature = "testing")]
    pub(crate) fn begin_at(&mut self, time: Timestamp) {
        self.started_at = time.as_millisecond();
    }

    /// Returns the range from `since`, or from `start` in the first read, until now, to be split into
    /// [`steps`](Windows::steps) that the API accepts. Set a [`checkpoint`](Self::checkpoint) at the end of each.
    ///
    /// `start` may be of another type than the cursor. It also limits later reads: if it is after `since`, they begin there.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Date, Deserialize, Emitter, Result, Timestamp, airbyte_stream, jiff::ToSpan};
    /// # #[airbyte_stream(name = "orders", cursor = updated_at)] #[derive(Deserialize)] struct Order { updated_at: Timestamp }
    /// # struct Config { start_date: Date, end_date: Option<Date> }
    /// # fn fetch(config: &Config, since: Option<Timestamp>, out: &mut Emitter<Order>) -> Result<()> {
    /// let windows = out.windows(since, config.start_date).through(config.end_date).lookback(1.day());
    /// for window in windows.steps(30.days())? {
    ///     let orders = out.http().get("https://shop.example/orders");
    ///     let orders = orders.query("updated_from", window.start()).query("updated_before", window.end());
    ///     out.try_extend(orders.elements("orders"))?;
    ///     out.checkpoint(window.end())?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The iterator does not borrow the emitter. During `check` it returns only the newest window, so that a stream without
    /// records is not searched from its start.
    pub fn windows(&self, since: Option<T::Cursor>, start: impl Into<Point>) -> Windows<T::Cursor>
    where
        T::Cursor: TimeCursor,
    {
        Windows::new(since, start, self.started_at()).newest_only(self.is_check())
    }

    /// Does the same as [`windows`](Self::windows) for a cursor that is the number of seconds, milliseconds or microseconds
    /// since 1970-01-01T00:00:00Z, and tells [`checkpoint`](Self::checkpoint) that it is a time.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Date, Deserialize, Emitter, Result, airbyte_stream, jiff::ToSpan, windows::EpochUnit};
    /// # #[airbyte_stream(name = "charges", cursor = created)] #[derive(Deserialize)] struct Charge { created: i64 }
    /// # fn fetch(since: Option<i64>, out: &mut Emitter<Charge>) -> Result<()> {
    /// for window in out.epoch_windows(EpochUnit::Second, since, Date::constant(2024, 1, 1)).steps(1.day())? {
    ///     let charges = out.http().get("https://pay.example/charges");
    ///     let charges = charges.query("created[gte]", window.start()).query("created[lt]", window.end());
    ///     out.try_extend(charges.elements("data"))?;
    ///     out.checkpoint(window.end())?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn epoch_windows(
        &mut self,
        unit: EpochUnit,
        since: Option<T::Cursor>,
        start: impl Into<Point>,
    ) -> Windows<T::Cursor>
    where
        T::Cursor: EpochCursor,
    {
        self.epoch_cursor = Some((unit, <T::Cursor as Bound>::of_epoch));
        Windows::epoch(unit, since, start, self.started_at()).newest_only(self.is_check())
    }

    /// Returns whether nothing is read but the first record. A parent whose records are not selected is read for its children.
    fn is_check(&self) -> bool {
        self.to.is_none() && self.feed.is_none()
    }
}

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests {
    use super::*;
    use crate::airbyte_stream;
    use crate::testing::fetch_at;
    use jiff::ToSpan;
    use jiff::civil::Date;
    use serde_json::{Value, json};

    #[airbyte_stream(name = "times", cursor = at)]
    struct Time {
        at: Timestamp,
    }

    #[airbyte_stream(name = "ascending", cursor = at, order = ascending)]
    struct Ascending {
        at: Timestamp,
    }

    #[airbyte_stream(name = "dates", cursor = at)]
    struct Day {
        at: Date,
    }

    #[airbyte_stream(name = "numbers", cursor = at)]
    struct Number {
        at: i64,
    }

    fn time(text: &str) -> Timestamp {
        format!("2024-05-06T{text}Z").parse().unwrap()
    }

    fn state_of<T: Stream>(fetch: impl FnOnce(&mut Emitter<T>) -> Result<()>) -> Option<Value> {
        let fetched = fetch_at(time("12:05:00"), fetch);
        assert!(fetched.error.is_none(), "{fetched:?}");
        fetched.state.map(|mut state| state["at"].take())
    }

    #[test]
    fn position_stays_before_the_settling_time() {
        let start = Date::constant(2024, 5, 6);
        // With a record in the settling time, and one in the future.
        for newest in ["11:00:00", "12:04:59", "18:00:00"] {
            let read = |settling_time: Option<u64>| {
                state_of(|out: &mut Emitter<Time>| {
                    if let Some(seconds) = settling_time {
                        out.settling_time(Duration::from_secs(seconds));
                    }
                    for window in out.windows(None, start).steps(1.day())? {
                        out.emit(Time { at: time(newest) })?;
                        out.checkpoint(window.end())?;
                    }
                    Ok(())
                })
            };
            assert_eq!(read(None), Some(json!("2024-05-06T11:55:00Z")), "{newest}");
            assert_eq!(read(Some(0)), Some(json!("2024-05-06T12:05:00Z")), "{newest}");
            assert_eq!(read(Some(u64::MAX)).unwrap(), json!(Timestamp::MIN), "{newest}");
        }
    }

    #[test]
    fn position_of_a_date_is_a_day_that_has_begun_everywhere() {
        let read = |settling_time| {
            state_of(|out: &mut Emitter<Day>| {
                out.settling_time(Duration::from_secs(settling_time));
                for window in out.windows(None, Date::constant(2024, 5, 1)).steps(3.days())? {
                    out.emit(Day { at: window.last() })?;
                    out.checkpoint(window.end())?;
                }
                Ok(())
            })
        };
        // 12:05 in UTC is 0:05 at UTC-12.
        assert_eq!((read(300), read(301)), (Some(json!("2024-05-06")), Some(json!("2024-05-05"))));
    }

    #[test]
    fn number_is_a_time_only_in_windows_of_an_epoch() {
        let end = time("12:05:00").as_second();
        let read = |windows: bool| {
            state_of(|out: &mut Emitter<Number>| {
                if windows {
                    let _ = out.epoch_windows(EpochUnit::Second, None, Date::constant(2024, 5, 6));
                }
                out.checkpoint(end)
            })
        };
        assert_eq!((read(true), read(false)), (Some(json!(end - 600)), Some(json!(end))));
    }

    #[test]
    fn records_of_an_ascending_stream_move_the_position() {
        let read = |newest: Option<&str>| {
            state_of(|out: &mut Emitter<Ascending>| {
                newest.map_or(Ok(()), |newest| out.emit(Ascending { at: time(newest) }))?;
                out.checkpoint(out.started_at())
            })
        };
        assert_eq!(read(None), Some(json!("2024-05-06T11:55:00Z")));
        assert_eq!(read(Some("12:04:00")), Some(json!("2024-05-06T12:04:00Z")));
    }

    #[test]
    fn read_that_fails_after_a_checkpoint_keeps_it() {
        for error in [Error::system("no more"), Error::exhausted("no more")] {
            let fetched = fetch_at(time("12:05:00"), |out: &mut Emitter<Number>| {
                out.emit(Number { at: 7 })?;
                out.checkpoint(5)?;
                out.emit(Number { at: 6 })?;
                Err(error)
            });
            assert_eq!((fetched.records.len(), fetched.state), (2, Some(json!({"at": 5}))));
        }
    }

    #[test]
    fn checkpoint_after_an_error_is_rejected() {
        let fetched = fetch_at(time("12:05:00"), |out: &mut Emitter<Number>| {
            let _ = out.try_extend([Err(Error::system("no more"))]);
            assert!(out.checkpoint(5).is_err());
            Ok(())
        });
        assert_eq!((fetched.error.unwrap().message(), fetched.state), ("no more", None));
    }
}
