//! Streams that are read in windows, with a checkpoint at the end of each. In a window, an unordered stream emits the last
//! record first.

use super::{Config, Id, World, kinds};
use crate::error::Result;
use crate::source::Source;
use crate::stream::{Order, Stream};
use crate::windows::{Bound, EpochUnit, Windows};
use crate::{Emitter, airbyte_stream};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

kinds! {
    Numbers "numbers" i64;
    LookedBack "looked_back" Timestamp;
    Ascending "ascending" i64, order = ascending;
    Partitions "partitions" Date;
}

/// The number of streams.
pub(super) const STREAMS: usize = 4;

/// One unit of the cursors of the simulated API is a day.
fn seconds(at: i64) -> i64 {
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
        for window in windows.until(Date::constant(1970, 1, 25)).steps(2.days())? {
            let records = self.all(partition).map(|(id, at, _)| record(id, at));
            let mut records: Vec<T> =
                records.filter(|record| record.cursor().is_some_and(|at| window.contains(at))).collect();
            if T::ORDER == Order::Unordered {
                records.reverse();
            }
            for record in records {
                self.interrupt.step();
                out.emit(record)?;
            }
            out.checkpoint(window.end())?;
        }
        Ok(())
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
