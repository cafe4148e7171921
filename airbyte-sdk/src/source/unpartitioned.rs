//! A stream without partitions: one call of the fetch function reads it.

use super::any::{AnyStream, cursor_in_state};
use crate::emitter::Emitter;
use crate::error::Result;
use crate::ledger::Tally;
use crate::panics;
use crate::protocol::AirbyteStream;
use crate::read_context::ReadContext;
use crate::stream::{Order, Resume, Stream, StreamInfo};
use std::marker::PhantomData;

pub(super) struct Unpartitioned<T, F> {
    info: StreamInfo,
    fetch: F,
    incremental: bool,
    record: PhantomData<fn() -> T>,
}

impl<T: Stream, F> Unpartitioned<T, F> {
    pub(super) fn new(fetch: F, incremental: bool) -> Self {
        Self { info: StreamInfo::of::<T>(), fetch, incremental, record: PhantomData }
    }
}

impl<C, T, F> AnyStream<C> for Unpartitioned<T, F>
where
    T: Stream,
    F: Fn(&C, Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync,
{
    fn describe(&self) -> AirbyteStream {
        let resume = if self.incremental { Resume::Cursor } else { Resume::Never };
        self.info.describe(T::json_schema(), resume)
    }

    fn can_end_early(&self) -> bool {
        self.incremental && self.info.order == Order::Ascending
    }

    fn read(&self, context: ReadContext<'_, C>) -> (Tally, Result<()>) {
        let state = context.state.as_ref().filter(|_| self.incremental);
        let cursor =
            panics::catch(|| state.map_or(Ok(None), |state| cursor_in_state::<T>(&self.info, state, None)));
        let since = cursor.as_ref().ok().cloned().flatten();
        if context.stream.is_some() && cursor.is_ok() {
            let start =
                if since.is_some() { "resuming from the last sync" } else { "reading from the beginning" };
            log::info!("{}: {start}", self.info.name);
        }
        let mut out = Emitter::<T>::new(&self.info, &context, since);
        let fetched =
            cursor.and_then(|since| panics::catch(|| (self.fetch)(context.config, since, &mut out)));
        out.finish(fetched)
    }
}
