//! A stream without partitions: one call of the fetch function reads it.

use super::any::{AnyStream, Reading, Take, earliest_state, start_cursor};
use crate::emitter::Emitter;
use crate::error::{Error, Result};
use crate::ledger::Tally;
use crate::panics;
use crate::protocol::AirbyteStream;
use crate::read_context::ReadContext;
use crate::stream::{Resume, Stream, StreamInfo};
use serde_json::{Map, Value};
use std::any::TypeId;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

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
    C: Sync,
    T: Stream,
    F: Fn(&C, Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync,
{
    fn describe(&self) -> AirbyteStream {
        let resume = if self.incremental { Resume::Cursor } else { Resume::Never };
        self.info.describe(T::json_schema(), resume)
    }

    fn can_end_early(&self) -> bool {
        self.incremental
    }

    fn record_type(&self) -> TypeId {
        TypeId::of::<T>()
    }

    fn earliest(&self, states: Vec<Map<String, Value>>) -> Option<Map<String, Value>> {
        earliest_state::<T>(&self.info, states)
    }

    fn begin<'a>(&'a self, context: ReadContext<'a, C>) -> Box<dyn Reading + 'a> {
        Box::new(Read { stream: self, context, is_taken: AtomicBool::new(false), result: Mutex::default() })
    }
}

/// The read of an unpartitioned stream: one task.
struct Read<'a, C, T, F> {
    stream: &'a Unpartitioned<T, F>,
    context: ReadContext<'a, C>,
    is_taken: AtomicBool,
    result: Mutex<Option<(Tally, Result<()>)>>,
}

impl<C, T, F> Reading for Read<'_, C, T, F>
where
    C: Sync,
    T: Stream,
    F: Fn(&C, Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync,
{
    fn take(&self) -> Take {
        if self.is_taken.swap(true, Relaxed) { Take::Nothing } else { Take::Task(0) }
    }

    fn run(&self, _: usize) {
        let (Unpartitioned { info, fetch, incremental, .. }, context) = (self.stream, &self.context);
        let cursor = start_cursor::<_, T>(info, context, *incremental, "");
        let since = cursor.as_ref().ok().cloned().flatten();
        let mut out = Emitter::<T>::new(info, context, since);
        let fetched = cursor.and_then(|since| panics::catch(|| fetch(context.config, since, &mut out)));
        let result = out.finish(fetched);
        *self.result.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }

    fn end(&self) -> (Tally, Result<()>) {
        let result = self.result.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The task was not run because the run has ended.
        result.unwrap_or_else(|| (Tally::default(), Err(Error::stopped())))
    }
}
