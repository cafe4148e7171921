//! A stream whose windows are read at the same time.
//!
//! Problem: a fetch function that loops over windows reads one after the other, although the windows are independent. If
//! several are read at once, the newer ones may end first, and the state has only one position.
//!
//! Idea: the list of the windows is the first task of the read; each window is one more. The position is the end of the last
//! window before which all are complete, so the state is the same as that of a loop. Windows are taken in order, and one by one
//! until the position has moved. With a lookback that takes several, because the first ones end before the position. If windows
//! shared a small budget of requests from the start, each read might complete none of them. If a window fails, no further ones
//! begin: the next read has to read them again.
//!
//! What must stay true: the position never passes a window that is not complete. Memory does not grow with the number of
//! windows.

use super::any::{AnyStream, Reading, Take, earliest_state, start_cursor};
use super::partition::Results;
use crate::emitter::{CompleteWindow, Emitter};
use crate::error::{Error, Result};
use crate::ledger::Tally;
use crate::panics;
use crate::protocol::AirbyteStream;
use crate::read_context::ReadContext;
use crate::stream::{Resume, Stream, StreamInfo};
use crate::windows::{Bound, Steps, Window};
use serde_json::{Map, Value};
use std::any::TypeId;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many windows may begin before the first of them has ended. Limits what is kept of those that have ended, and what must
/// be read again if the first one fails. Small in tests.
const MAX_AHEAD: usize = if cfg!(test) { 8 } else { 256 };

pub(super) struct Windowed<T, L, F> {
    info: StreamInfo,
    list: L,
    fetch: F,
    record: PhantomData<fn() -> T>,
}

impl<T: Stream, L, F> Windowed<T, L, F> {
    pub(super) fn new(list: L, fetch: F) -> Self {
        Self { info: StreamInfo::of::<T>(), list, fetch, record: PhantomData }
    }
}

impl<C, T, L, F> AnyStream<C> for Windowed<T, L, F>
where
    C: Sync,
    T: Stream<Cursor: Bound>,
    L: Fn(&C, Option<T::Cursor>, &mut Emitter<T>) -> Result<Steps<T::Cursor>> + Send + Sync,
    F: Fn(&C, &Window<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync,
{
    fn describe(&self) -> AirbyteStream {
        self.info.describe(T::json_schema(), Resume::Cursor)
    }

    fn can_end_early(&self) -> bool {
        true
    }

    fn record_type(&self) -> TypeId {
        TypeId::of::<T>()
    }

    fn earliest(&self, states: Vec<Map<String, Value>>) -> Option<Map<String, Value>> {
        earliest_state::<T>(&self.info, states)
    }

    fn begin<'a>(&'a self, context: ReadContext<'a, C>) -> Box<dyn Reading + 'a> {
        let queue = Mutex::new(WindowQueue::new(Listing::Untaken));
        Box::new(Read { stream: self, context, position: Mutex::new(None), queue })
    }
}

/// The read of a stream in windows. The position is locked before the queue.
struct Read<'a, C, T: Stream, L, F> {
    stream: &'a Windowed<T, L, F>,
    context: ReadContext<'a, C>,
    /// The emitter that keeps the position, once the windows were listed.
    position: Mutex<Option<Emitter<T>>>,
    queue: Mutex<WindowQueue<T::Cursor>>,
}

struct WindowQueue<C> {
    windows: Listing<C>,
    /// The position that the read resumed from.
    since: Option<C>,
    /// Whether a window has moved the position, or none can.
    is_past_since: bool,
    /// The windows being read, by their places.
    reading: BTreeMap<usize, Window<C>>,
    /// How many windows were taken.
    taken: usize,
    /// How many have ended before the first one that has not.
    passed: usize,
    /// Those that have ended after it; `None` if they are not complete.
    ended: BTreeMap<usize, Option<CompleteWindow<C>>>,
    /// Whether a window before the first one that has not ended is not complete.
    is_position_final: bool,
    results: Results,
}

enum Listing<C> {
    Untaken,
    /// A thread lists them.
    Taken,
    Failed(Error),
    /// The windows that were not taken.
    Listed(Steps<C>),
}

impl<C: Bound> WindowQueue<C> {
    fn new(windows: Listing<C>) -> Self {
        Self {
            windows,
            since: None,
            is_past_since: false,
            reading: BTreeMap::new(),
            taken: 0,
            passed: 0,
            ended: BTreeMap::new(),
            is_position_final: false,
            results: Results::default(),
        }
    }

    /// Takes the next window.
    fn next(&mut self) -> Take {
        if self.results.are_final() || self.results.has_failure() {
            return Take::Nothing;
        }
        let windows = match &mut self.windows {
            Listing::Untaken => {
                self.windows = Listing::Taken;
                return Take::Task(LIST);
            }
            Listing::Taken => return Take::Later,
            Listing::Failed(_) => return Take::Nothing,
            Listing::Listed(windows) => windows,
        };
        let most = if self.is_past_since { MAX_AHEAD } else { 1 };
        let must_wait = self.taken - self.passed >= most;
        if must_wait {
            return Take::Later;
        }
        let Some(window) = windows.next() else { return Take::Nothing };
        let place = self.taken;
        self.taken += 1;
        self.reading.insert(place, window);
        Take::Task(LIST + 1 + place)
    }

    /// Records the end of a window; `complete` if it was read to its end. Returns the windows that the position now passes.
    fn ended(&mut self, place: usize, complete: Option<CompleteWindow<C>>) -> Vec<CompleteWindow<C>> {
        self.reading.remove(&place);
        self.ended.insert(place, complete);
        let mut passed = Vec::new();
        while let Some(window) = self.ended.remove(&self.passed) {
            self.passed += 1;
            self.is_position_final |= window.is_none();
            let window = window.filter(|_| !self.is_position_final);
            let is_past = |window: &CompleteWindow<C>| self.since.is_none_or(|since| window.end > since);
            self.is_past_since |= window.as_ref().is_none_or(is_past);
            passed.extend(window);
        }
        passed
    }
}

/// The number of the task that lists the windows. The others follow in their order.
const LIST: usize = 0;

impl<C, T, L, F> Reading for Read<'_, C, T, L, F>
where
    C: Sync,
    T: Stream<Cursor: Bound>,
    L: Fn(&C, Option<T::Cursor>, &mut Emitter<T>) -> Result<Steps<T::Cursor>> + Send + Sync,
    F: Fn(&C, &Window<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync,
{
    fn take(&self) -> Take {
        self.queue().next()
    }

    fn run(&self, task: usize) {
        if task == LIST { self.list() } else { self.read_window(task) }
    }

    fn end(&self) -> (Tally, Result<()>) {
        let position = self.position().take();
        // The run has ended before the windows were listed.
        let Some(position) = position else { return (Tally::default(), Err(Error::stopped())) };
        let mut queue = self.queue();
        let fetched = match std::mem::replace(&mut queue.windows, Listing::Taken) {
            Listing::Failed(error) => Err(error),
            _ => std::mem::take(&mut queue.results).end_of("windows"),
        };
        drop(queue);
        position.finish(fetched)
    }
}

impl<C, T, L, F> Read<'_, C, T, L, F>
where
    T: Stream<Cursor: Bound>,
    L: Fn(&C, Option<T::Cursor>, &mut Emitter<T>) -> Result<Steps<T::Cursor>>,
    F: Fn(&C, &Window<T::Cursor>, &mut Emitter<T>) -> Result<()>,
{
    fn position(&self) -> MutexGuard<'_, Option<Emitter<T>>> {
        self.position.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self) -> MutexGuard<'_, WindowQueue<T::Cursor>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lists the windows.
    fn list(&self) {
        let (Windowed { info, list, .. }, context) = (self.stream, &self.context);
        let cursor = start_cursor::<_, T>(info, context, true, ", in windows");
        let since = cursor.as_ref().ok().cloned().flatten();
        self.queue().since = since;
        let mut out = Emitter::<T>::of_windows(info, context, since);
        let listed = cursor.and_then(|since| panics::catch(|| list(context.config, since, &mut out)));
        let listed = out.end_list(listed);
        *self.position() = Some(out);
        self.queue().windows = listed.map_or_else(Listing::Failed, Listing::Listed);
    }

    fn read_window(&self, task: usize) {
        let place = task - LIST - 1;
        let Some(window) = self.queue().reading.get(&place).copied() else { return };
        let out = self.position().as_ref().map(|position| position.window(&self.context, task));
        let Some(mut out) = out else { return };
        let fetched = panics::catch(|| (self.stream.fetch)(self.context.config, &window, &mut out));
        let (fetched, complete) = out.finish_window(fetched, window.end());
        let fetched = fetched.map_err(|error| if error.is_stopped() { error } else { error.context(window) });
        // Locked first, so that positions are set in order.
        let mut position = self.position();
        let passed = {
            let mut queue = self.queue();
            queue.results.add(&self.stream.info.name, fetched);
            queue.ended(place, complete)
        };
        let mut moved = Ok(());
        if let Some(position) = &mut *position {
            moved = passed.into_iter().try_for_each(|window| position.pass_window(window));
        }
        drop(position);
        if let Err(error) = moved {
            self.queue().results.add(&self.stream.info.name, Err(error));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::Windows;
    use jiff::ToSpan;
    use jiff::civil::Date;
    use std::time::Duration;

    fn queue() -> WindowQueue<Date> {
        let windows = Windows::new(None, Date::constant(2024, 1, 1), "2024-03-01T00:00:00Z".parse().unwrap());
        WindowQueue::new(Listing::Listed(windows.steps(1.day()).unwrap()))
    }

    fn complete(end: i8) -> Option<CompleteWindow<Date>> {
        let end = Date::constant(2024, 1, end);
        Some(CompleteWindow { end, settling_time: Duration::ZERO, epoch_cursor: None })
    }

    fn task(place: usize) -> Take {
        Take::Task(LIST + 1 + place)
    }

    #[test]
    fn first_window_is_read_alone() {
        let mut queue = queue();
        assert_eq!((queue.next(), queue.next()), (task(0), Take::Later));
        queue.ended(0, complete(2));
        assert_eq!((queue.next(), queue.next()), (task(1), task(2)));
    }

    /// The first windows may end before the position that the read resumed from.
    #[test]
    fn windows_are_read_alone_until_the_position_has_moved() {
        let mut queue = queue();
        queue.since = Some(Date::constant(2024, 1, 3));
        for place in 0..3 {
            assert_eq!((queue.next(), queue.next()), (task(place), Take::Later));
            queue.ended(place, complete(2 + place as i8));
        }
        assert_eq!((queue.next(), queue.next()), (task(3), task(4)));
        // Nothing can move the position any more.
        let mut queue = self::queue();
        queue.since = Some(Date::constant(2024, 1, 3));
        queue.next();
        queue.ended(0, None);
        assert_eq!((queue.next(), queue.next()), (task(1), task(2)));
    }

    #[test]
    fn position_passes_windows_in_order_and_none_that_is_not_complete() {
        let mut queue = queue();
        let ends = |passed: Vec<CompleteWindow<Date>>| -> Vec<i8> {
            passed.into_iter().map(|window| window.end.day()).collect()
        };
        let none: [i8; 0] = [];
        assert_eq!(ends(queue.ended(0, complete(2))), [2]);
        assert_eq!(ends(queue.ended(2, complete(4))), none);
        assert_eq!(ends(queue.ended(1, complete(3))), [3, 4]);
        assert_eq!(ends(queue.ended(4, complete(6))), none);
        assert_eq!(ends(queue.ended(3, None)), none);
        assert_eq!(ends(queue.ended(5, complete(7))), none);
    }

    #[test]
    fn limited_number_of_windows_begins_before_the_first_has_ended() {
        let mut queue = queue();
        queue.next();
        queue.ended(0, complete(2));
        for place in 1..=MAX_AHEAD {
            assert_eq!(queue.next(), task(place));
            if place > 1 {
                queue.ended(place, complete(3));
            }
        }
        assert_eq!(queue.next(), Take::Later);
        // Not complete: those after it are read all the same.
        queue.ended(1, None);
        assert!(queue.ended.is_empty());
        assert_eq!(queue.next(), task(MAX_AHEAD + 1));
    }
}
