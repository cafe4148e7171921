//! Streams whose windows are read at the same time. There are more windows than may begin before the first of them has ended.

use super::windowed::seconds;
use super::{Config, Id, World, kinds};
use crate::error::Result;
use crate::source::Source;
use crate::stream::Stream;
use crate::windows::{Bound, EpochUnit, Window};
use crate::{Emitter, airbyte_stream};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

kinds! {
    Numbers "numbers" i64;
    LookedBack "looked_back" Timestamp;
    Ascending "ascending" i64, order = ascending;
    Dates "dates" Date;
}

/// The number of streams.
pub(super) const STREAMS: usize = 4;

const FIRST: Date = Date::constant(1970, 1, 1);
const END: Date = Date::constant(1970, 1, 25);

impl World {
    fn read_window<T: Stream<Cursor: Bound>>(
        &self,
        window: &Window<T::Cursor>,
        record: impl Fn(Id, i64) -> T,
        out: &mut Emitter<T>,
    ) -> Result<()> {
        let _running = self.steps.turnstile.enter();
        self.serve_window(window, None, record, out)
    }

    pub(super) fn source_of_parallel_windows(&self) -> Source<Config> {
        let [numbers, looked_back, ascending, dates] = [0; STREAMS].map(|_| self.clone());
        Source::<Config>::new("windowed", "0")
            .incremental_windows(
                |_, since, out: &mut Emitter<Numbers>| {
                    out.epoch_windows(EpochUnit::Second, since, FIRST).until(END).steps(2.days())
                },
                move |_, window, out| {
                    numbers.read_window(window, |id, at| Numbers { id, at: seconds(at) }, out)
                },
            )
            .incremental_windows(
                |_, since, out: &mut Emitter<LookedBack>| {
                    out.windows(since, FIRST).lookback(36.hours()).until(END).steps(1.day())
                },
                move |_, window, out| {
                    let time = |at| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds(at));
                    looked_back.read_window(window, |id, at| LookedBack { id, at: time(at) }, out)
                },
            )
            .incremental_windows(
                |_, since: Option<<Ascending as Stream>::Cursor>, out: &mut Emitter<Ascending>| {
                    out.epoch_windows(EpochUnit::Second, since, FIRST).until(END).steps(2.days())
                },
                move |_, window, out| {
                    ascending.read_window(window, |id, at| Ascending { id, at: seconds(at) }, out)
                },
            )
            .incremental_windows(
                |_, since, out: &mut Emitter<Dates>| out.windows(since, FIRST).until(END).steps(2.days()),
                move |_, window, out| {
                    dates.read_window(window, |id, at: i64| Dates { id, at: FIRST + at.days() }, out)
                },
            )
    }
}
