//! Streams that are read in windows, with a checkpoint at the end of each. In a window, an unordered stream emits the last
//! record first.

use super::{Config, Id, World, kinds};
use crate::commands;
use crate::error::Result;
use crate::input::States;
use crate::output::{Lines, Memory};
use crate::run_context::RunContext;
use crate::source::Source;
use crate::stream::{Order, Stream};
use crate::windows::{Bound, EpochUnit, Window, Windows};
use crate::{Emitter, airbyte_stream};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::json;

kinds! {
    Numbers "numbers" i64;
    LookedBack "looked_back" Timestamp;
    Ascending "ascending" i64, order = ascending;
    Partitions "partitions" Date;
}

/// The number of streams.
pub(super) const STREAMS: usize = 4;

/// One unit of the cursors of the simulated API is a day.
pub(super) fn seconds(at: i64) -> i64 {
    at * 24 * 60 * 60
}

impl World {
    fn serve_windows<T: Stream<Cursor: Bound>>(
        &self,
        windows: Windows<T::Cursor>,
        partition: Option<usize>,
        record: impl Fn(Id, i64) -> T,
        out: &mut Emitter<T>,
    ) -> Result<()> {
        let _running = self.steps.turnstile.enter();
        for window in windows.until(Date::constant(1970, 1, 25)).steps(2.days())? {
            self.serve_window(&window, partition, &record, out)?;
            out.checkpoint(window.end())?;
        }
        Ok(())
    }

    pub(super) fn serve_window<T: Stream<Cursor: Bound>>(
        &self,
        window: &Window<T::Cursor>,
        partition: Option<usize>,
        record: impl Fn(Id, i64) -> T,
        out: &mut Emitter<T>,
    ) -> Result<()> {
        let records = self.all(partition).map(|(id, at, _)| record(id, at));
        let mut records: Vec<T> =
            records.filter(|record| record.cursor().is_some_and(|at| window.contains(at))).collect();
        if T::ORDER == Order::Unordered {
            records.reverse();
        }
        records.into_iter().try_for_each(|record| {
            self.steps.before_record();
            out.emit(record)
        })
    }

    pub(super) fn windowed_source(&self) -> Source<Config> {
        let [numbers, looked_back, ascending, partitions] = [0; 4].map(|_| self.clone());
        let first = Date::constant(1970, 1, 1);
        Source::<Config>::new("windowed", "0")
            .incremental(move |_, since: Option<i64>, out: &mut Emitter<Numbers>| {
                let windows = out.epoch_windows(EpochUnit::Second, since, first);
                numbers.serve_windows(windows, None, |id, at| Numbers { id, at: seconds(at) }, out)
            })
            .incremental(move |_, since: Option<Timestamp>, out: &mut Emitter<LookedBack>| {
                let windows = out.windows(since, first).lookback(36.hours());
                let time = |at| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds(at));
                looked_back.serve_windows(windows, None, |id, at| LookedBack { id, at: time(at) }, out)
            })
            .incremental(move |_, since: Option<i64>, out: &mut Emitter<Ascending>| {
                let windows = out.epoch_windows(EpochUnit::Second, since, first);
                ascending.serve_windows(windows, None, |id, at| Ascending { id, at: seconds(at) }, out)
            })
            .incremental_partitions(
                |_, _| Ok(vec![0_usize, 1, 2]),
                move |_, partition, since, out: &mut Emitter<Partitions>| {
                    let windows = out.windows(since, first);
                    let record = |id, at: i64| Partitions { id, at: first + at.days() };
                    partitions.serve_windows(windows, Some(*partition), record, out)
                },
            )
    }
}

#[airbyte_stream(name = "days", primary_key(at), cursor = at)]
struct Day {
    at: i64,
}

#[airbyte_stream(name = "reports")]
struct Report {
    day: i64,
}

/// `check` reads only the newest window, and does not select the parent either.
#[test]
fn all_windows_of_a_parent_that_is_not_selected_are_read() {
    let source = Source::<Config>::new("family", "0")
        .incremental(|_, since: Option<i64>, out: &mut Emitter<Day>| {
            let windows = out.epoch_windows(EpochUnit::Second, since, Date::constant(1970, 1, 1));
            for window in windows.until(Date::constant(1970, 1, 5)).steps(1.day())? {
                out.emit(Day { at: window.start() })?;
                out.checkpoint(window.end())?;
            }
            Ok(())
        })
        .full_refresh_children::<Day, Report>(|_, day, out| out.emit(Report { day: day.at }));
    let memory = Memory::default();
    let run = RunContext::to(Lines::new(Box::new(memory.clone())));
    let reports = source.catalog().unwrap().into_iter().find(|stream| stream.name == "reports");
    let configured =
        json!({"stream": reports, "sync_mode": "full_refresh", "destination_sync_mode": "append"});
    let catalog = serde_json::from_value(json!({"streams": [configured]})).unwrap();
    commands::read(&source, &Config {}, catalog, States::default(), &run).unwrap();
    run.output.flush().unwrap();
    let messages = memory.take_messages();
    let mut days: Vec<i64> =
        messages.iter().filter_map(|message| message["record"]["data"]["day"].as_i64()).collect();
    days.sort_unstable();
    assert_eq!(days, [0, 1, 2, 3].map(seconds));
}
