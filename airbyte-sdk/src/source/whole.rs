//! A stream that is read in one go.

use super::any::{AnyStream, position};
use crate::emitter::Emitter;
use crate::error::Result;
use crate::ledger::Tally;
use crate::panics;
use crate::protocol::AirbyteStream;
use crate::read_context::ReadContext;
use crate::stream::{Order, Resume, Stream, StreamInfo};
use std::marker::PhantomData;

pub(super) struct Whole<T, F> {
    info: StreamInfo,
    fetch: F,
    incremental: bool,
    record: PhantomData<fn() -> T>,
}

impl<T: Stream, F> Whole<T, F> {
    pub(super) fn new(fetch: F, incremental: bool) -> Self {
        Self { info: StreamInfo::of::<T>(), fetch, incremental, record: PhantomData }
    }
}

impl<C, T, F> AnyStream<C> for Whole<T, F>
where
    T: Stream,
    F: Fn(&C, Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync,
{
    fn describe(&self) -> AirbyteStream {
        let resume = if self.incremental { Resume::Cursor } else { Resume::Never };
        self.info.describe(T::json_schema(), resume)
    }

    fn checkpoints(&self) -> bool {
        self.incremental && self.info.order == Order::Ascending
    }

    fn read(&self, context: ReadContext<'_, C>) -> (Tally, Result<()>) {
        let state = context.state.as_ref().filter(|_| self.incremental);
        let position =
            panics::catch(|| state.map_or(Ok(None), |state| position::<T>(&self.info, state, None)));
        let since = position.as_ref().ok().cloned().flatten();
        if context.stream.is_some() && position.is_ok() {
            let from =
                if since.is_some() { "from where the last sync stopped" } else { "from its beginning" };
            log::info!("{}: reading {from}", self.info.name);
        }
        let mut out = Emitter::<T>::new(&self.info, &context, since);
        let fetched =
            position.and_then(|since| panics::catch(|| (self.fetch)(context.config, since, &mut out)));
        out.finish(fetched)
    }
}
