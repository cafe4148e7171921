//! A stream that is read in one go.

use super::any::{AnyStream, Turn, position};
use crate::emitter::{Emitter, Tally};
use crate::error::Result;
use crate::output::Output;
use crate::panics;
use crate::protocol::AirbyteStream;
use crate::stream::{self, Order, Resume, Stream};
use std::marker::PhantomData;
use std::sync::Arc;

pub(super) struct Whole<T, F> {
    fetch: F,
    incremental: bool,
    record: PhantomData<fn() -> T>,
}

impl<T, F> Whole<T, F> {
    pub(super) fn new(fetch: F, incremental: bool) -> Self {
        Self { fetch, incremental, record: PhantomData }
    }
}

impl<C, T, F> AnyStream<C> for Whole<T, F>
where
    T: Stream,
    F: Fn(&C, Option<T::Cursor>, &mut Emitter<T>) -> Result<()>,
{
    fn describe(&self) -> AirbyteStream {
        stream::describe::<T>(if self.incremental { Resume::Cursor } else { Resume::Never })
    }

    fn checkpoints(&self) -> bool {
        self.incremental && T::ORDER == Order::Ascending
    }

    fn read(&self, turn: Turn<'_, C>, output: Option<Arc<Output>>) -> (Tally, Result<()>) {
        let state = turn.state.as_ref().filter(|_| self.incremental);
        let position = panics::catch(|| state.map_or(Ok(None), |state| position::<T>(state, None)));
        let since = position.as_ref().ok().cloned().flatten();
        if output.is_some() && position.is_ok() {
            let from =
                if since.is_some() { "from where the last sync stopped" } else { "from its beginning" };
            log::info!("{}: reading {from}", T::NAME);
        }
        let mut out = Emitter::<T>::new(&turn, output, since);
        let fetched = position.and_then(|since| panics::catch(|| (self.fetch)(turn.config, since, &mut out)));
        out.finish(fetched)
    }
}
