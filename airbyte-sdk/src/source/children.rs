//! A stream of children: the fetch function is called for each record of the parent stream.
//!
//! Each parent is a partition, named by its primary key. Unlike the partitions of a list, parents arrive while the parent
//! stream is being read (see `feed`), so the number of parents and the last one are known only at its end. If the state
//! names the parent that is `next`, the parents before it are deferred until it has been read, as long as they need little
//! memory. A position is only discarded if all parents were read and none of them has its name.

use super::any::{AnyStream, Reading, Take, invalid_state};
use super::partition::{MAX_FAILURES_IN_A_ROW, Partition, Results, end};
use super::partition_state::{next_partition, parent_state, positions, with_current_key};
use super::round_robin::{RoundRobin, Turn};
use crate::emitter::Emitter;
use crate::error::{Error, Result};
use crate::feed::{End, Next, Parent, Queue, ToParent};
use crate::ledger::{PARENT, ParentState, Tally};
use crate::panics;
use crate::protocol::AirbyteStream;
use crate::read_context::ReadContext;
use crate::stream::{Resume, Stream, StreamInfo};
use serde_json::{Map, Value, json};
use std::any::TypeId;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many bytes of parents may be deferred, by the length of their JSON. Small in tests.
const MAX_DEFERRED: usize = if cfg!(test) { 64 << 10 } else { 8 << 20 };

pub(super) struct Children<T, P, F> {
    info: StreamInfo,
    fetch: F,
    incremental: bool,
    /// Whether only the parents that changed since the last read are visited.
    follows_changes: bool,
    types: PhantomData<fn() -> (T, P)>,
}

impl<T: Stream, P, F> Children<T, P, F> {
    pub(super) fn new(fetch: F, incremental: bool) -> Self {
        Self { info: StreamInfo::of::<T>(), fetch, incremental, follows_changes: false, types: PhantomData }
    }

    /// Creates an incremental stream of the children of those parents that changed since the last read.
    pub(super) fn of_changed_parents(fetch: F) -> Self {
        Self { follows_changes: true, ..Self::new(fetch, true) }
    }
}

impl<C, T, P, F> AnyStream<C> for Children<T, P, F>
where
    C: Sync,
    T: Stream,
    P: Stream + Send + Sync,
    F: Fn(&C, &P, Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync,
{
    fn describe(&self) -> AirbyteStream {
        let resume = if self.incremental { Resume::Cursor } else { Resume::Partitions };
        self.info.describe(T::json_schema(), resume)
    }

    fn can_end_early(&self) -> bool {
        self.incremental
    }

    fn record_type(&self) -> TypeId {
        TypeId::of::<T>()
    }

    fn parent_type(&self) -> Option<(TypeId, ToParent)> {
        let to_parent: fn(P) -> Result<Parent> = to_parent;
        Some((TypeId::of::<P>(), Arc::new(to_parent)))
    }

    fn follows_changes(&self) -> bool {
        self.follows_changes
    }

    fn begin<'a>(&'a self, mut context: ReadContext<'a, C>) -> Box<dyn Reading + 'a> {
        let state = context.state.take().map(|state| with_current_key(&self.info, state));
        let (started, next) = match panics::catch(|| self.start(&context, state)) {
            Ok(next) => (Ok(()), next),
            Err(error) => (Err(error), None),
        };
        let parents = context.parents.take();
        if started.is_err()
            && let Some(parents) = &parents
        {
            parents.refuse();
        }
        let round = Round {
            deferred_until: next.clone(),
            robin: RoundRobin::new(next),
            started,
            taken: BTreeMap::new(),
            names: HashSet::new(),
            count: 0,
            deferred: VecDeque::new(),
            deferred_size: 0,
            following: None,
            results: Results::default(),
        };
        Box::new(Read { stream: self, context, parents, round: Mutex::new(round) })
    }
}

impl<T: Stream, P: Stream, F> Children<T, P, F> {
    /// Sets the positions that the read resumes from. Returns which parent is next.
    fn start<C>(
        &self,
        context: &ReadContext<'_, C>,
        state: Option<Map<String, Value>>,
    ) -> Result<Option<String>> {
        let Some(stream) = &context.stream else { return Ok(None) };
        stream.in_unlisted_partitions(json!(state.as_ref().unwrap_or(&Map::new())).to_string());
        let next = next_partition(&self.info, state.as_ref())?;
        let parent = self.given_parent_state(state.as_ref())?;
        let known = positions::<T>(&self.info, state, &[] as &[(String, String)], self.incremental)?;
        let (name, known_as) =
            (&self.info.name, if self.incremental { "resumed" } else { "finished before" });
        let which = if parent.is_some() { "each parent that changed" } else { "each parent" };
        log::info!("{name}: reading the children of {which} ({} {known_as})", known.len());
        stream.in_partitions(known, next.clone(), parent);
        Ok(next)
    }

    /// Returns the state of the parent stream that the read starts from.
    fn given_parent_state(&self, state: Option<&Map<String, Value>>) -> Result<Option<ParentState>> {
        let Some(state) = state.filter(|_| self.follows_changes) else { return Ok(None) };
        match parent_state(state, P::NAME) {
            Some(Value::Object(state)) => {
                Ok(Some(ParentState { name: P::NAME, state: Value::from(state.clone()).to_string() }))
            }
            None | Some(Value::Null) => Ok(None),
            Some(_) => {
                Err(invalid_state(&self.info, format_args!("`{PARENT}.{}` is not an object", P::NAME)))
            }
        }
    }
}

/// The read of a stream of children.
struct Read<'a, C, T, P, F> {
    stream: &'a Children<T, P, F>,
    context: ReadContext<'a, C>,
    parents: Option<Queue>,
    round: Mutex<Round>,
}

struct Round {
    /// Why nothing can be read.
    started: Result<()>,
    robin: RoundRobin,
    /// The parents being read, and those that must be repeated, by their places.
    taken: BTreeMap<usize, Parent>,
    /// The names of all parents.
    names: HashSet<Arc<str>>,
    /// The number of parents that were taken.
    count: usize,
    /// The name of the parent that the read starts with, until it has come.
    deferred_until: Option<String>,
    /// Parents that came before it.
    deferred: VecDeque<Parent>,
    deferred_size: usize,
    /// The parent after the last one, if the read stopped before it.
    following: Option<Arc<str>>,
    results: Results,
}

impl Round {
    /// Returns the next parent; one that comes a second time is skipped.
    fn next(&mut self, queue: &Queue) -> Next {
        loop {
            let next = match queue.next() {
                Next::Parent(parent) if !self.names.insert(Arc::clone(&parent.name)) => continue,
                next => next,
            };
            match (next, &self.deferred_until) {
                (Next::Parent(parent), Some(first)) if *first != *parent.name => {
                    self.deferred_size += parent.size();
                    self.deferred.push_back(parent);
                    if self.deferred_size > MAX_DEFERRED {
                        self.deferred_until = None;
                    }
                }
                (Next::Parent(parent), _) => {
                    self.deferred_until = None;
                    return Next::Parent(parent);
                }
                (Next::Later, Some(_)) => return Next::Later,
                (Next::Later, None) if self.deferred_size <= MAX_DEFERRED => return Next::Later,
                (next @ (Next::Later | Next::End), _) => {
                    self.deferred_until = None;
                    return self.deferred.pop_front().map_or(next, Next::Parent);
                }
            }
        }
    }

    /// Returns whether the next read may have to start with a parent that was not taken yet: none must be repeated so far.
    fn needs_following(&self) -> bool {
        self.results.leave_others() && self.robin.repeated() == usize::MAX && self.following.is_none()
    }

    /// Returns the name of the parent that the next read starts with, if that is known.
    fn lowest(&self) -> Option<Arc<str>> {
        let taken = self.taken.get(&self.robin.lowest()).map(|parent| Arc::clone(&parent.name));
        taken.or_else(|| self.following.clone().filter(|_| self.robin.lowest() == self.count))
    }

    fn is_over(&self) -> bool {
        self.started.is_err() || self.results.are_final()
    }
}

impl<C, T, P, F> Reading for Read<'_, C, T, P, F>
where
    C: Sync,
    T: Stream,
    P: Stream + Send + Sync,
    F: Fn(&C, &P, Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync,
{
    fn take(&self) -> Take {
        let Some(parents) = &self.parents else { return Take::Nothing };
        let mut round = self.round();
        loop {
            if round.is_over() {
                if round.needs_following() {
                    match round.next(parents) {
                        Next::Parent(parent) => round.following = Some(parent.name),
                        Next::Later => return Take::Later,
                        Next::End => {}
                    }
                }
                parents.refuse();
                return Take::Nothing;
            }
            // Before a parent is taken out of the queue.
            if round.robin.must_wait() {
                return Take::Later;
            }
            let parent = match round.next(parents) {
                Next::Parent(parent) => parent,
                Next::Later => return Take::Later,
                Next::End => return Take::Nothing,
            };
            round.count += 1;
            let count = round.count;
            let Turn::Partition(place) = round.robin.take(count) else { return Take::Later };
            if self.partition(place, &parent.name).was_finished() {
                round.robin.skip(place);
                continue;
            }
            round.taken.insert(place, parent);
            self.update_next(&mut round);
            return Take::Task(place);
        }
    }

    fn run(&self, place: usize) {
        let Some(parent) = self.round().taken.get(&place).cloned() else { return };
        let Some(record) = parent.record.downcast_ref::<P>() else { return };
        let result = self.partition(place, &parent.name).read(
            |since, out| (self.stream.fetch)(self.context.config, record, since, out),
            |fetched, got_something| self.ended(place, fetched, got_something),
        );
        self.count(result.map_err(
            |error| {
                if error.is_stopped() { error } else { error.context(&*parent.name) }
            },
        ));
    }

    fn end(&self) -> (Tally, Result<()>) {
        let parents_end = self.parents.as_ref().and_then(Queue::take_end);
        let mut round = self.round();
        let stopped = round.is_over() && !round.needs_following();
        let fetched = std::mem::replace(&mut round.started, Ok(()));
        let fetched = fetched.and_then(|()| std::mem::take(&mut round.results).end());
        // What was not visited because the parents could not be read.
        let End { error, may_lack_records, only_changed, state } = parents_end.unwrap_or_else(End::stopped);
        let all_came = error.is_none();
        let fetched = fetched.and_then(|()| error.map_or(Ok(()), Err));
        let fetched = fetched.and_then(|()| self.context.holds.failure().map_or(Ok(()), Err));
        match round.lowest() {
            Some(lowest) => self.set_next(&mut round, Some(&lowest)),
            // All were tried. If the parents could not be read, the next read starts with the last one that was.
            None if !stopped && all_came => self.set_next(&mut round, None),
            None => {}
        }
        let Some(stream) = &self.context.stream else { return (Tally::default(), fetched) };
        let name = &self.stream.info.name;
        match &fetched {
            Ok(()) if may_lack_records => {
                log::warn!("{name}: the parents may be incomplete; keeping the positions of all parents")
            }
            Ok(()) => {
                // The others still exist, as far as is known.
                if !only_changed {
                    stream.keep_partitions(&round.names.iter().map(|name| &**name).collect());
                }
                // All children of the parents up to this state have been read, and none of them may be missing.
                if let Some(state) =
                    state.filter(|_| self.stream.follows_changes && !self.context.holds.are_held())
                {
                    stream.set_parent(ParentState { name: P::NAME, state });
                }
            }
            Err(_) => {}
        }
        end(&self.context, fetched, round.robin.has_moved())
    }
}

impl<'a, C, T: Stream, P, F> Read<'a, C, T, P, F> {
    fn round(&self) -> MutexGuard<'_, Round> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn partition<'r>(&'r self, place: usize, name: &'r str) -> Partition<'r, 'a, C> {
        let Children { info, incremental, .. } = self.stream;
        Partition { info, context: &self.context, task: place, name, incremental: *incremental }
    }

    /// Records the end of a parent in the round. Returns whether others may follow.
    fn ended(&self, place: usize, fetched: &Result<()>, got_something: bool) -> bool {
        let mut round = self.round();
        let Round { robin, taken, .. } = &mut *round;
        robin.ended(place, fetched, got_something);
        // The name of the first one that must be repeated is still needed.
        let repeated = robin.repeated();
        if place != repeated {
            taken.remove(&place);
        }
        self.update_next(&mut round);
        true
    }

    /// Updates the `next` of the state. It does not change while the next parent is not known: the last one is read again.
    fn update_next(&self, round: &mut Round) {
        if let Some(lowest) = round.lowest() {
            self.set_next(round, Some(&lowest));
        }
    }

    fn set_next(&self, round: &mut Round, lowest: Option<&str>) {
        round.robin.publish_next(lowest, self.context.stream.as_ref());
    }

    /// Counts the result of a parent, and decides whether further ones are visited.
    fn count(&self, result: Result<()>) {
        if self.round().results.add(&self.stream.info.name, result) {
            log::error!(
                "{}: the children of {MAX_FAILURES_IN_A_ROW} parents in a row failed; skipping the remaining ones",
                self.stream.info.name
            );
        }
    }
}

/// Returns a record as a parent. Its primary key names it: the value if the key is one field, otherwise a JSON array.
fn to_parent<P: Stream + Send + Sync>(record: P) -> Result<Parent> {
    let json = serde_json::to_vec(&record)?;
    let data: Value = serde_json::from_slice(&json)?;
    let mut keys = Vec::with_capacity(P::PRIMARY_KEY.len());
    for path in P::PRIMARY_KEY {
        let value = path.iter().try_fold(&data, |value, name| value.get(name));
        match value.filter(|value| !value.is_null()) {
            Some(value) => keys.push(value.clone()),
            None => {
                return Err(Error::system(format!(
                    "a record of the stream `{}`, which has children, has no value for its primary key `{}`",
                    P::NAME,
                    path.join(".")
                )));
            }
        }
    }
    let name = match &keys[..] {
        [Value::String(name)] => name.clone(),
        [key] => key.to_string(),
        _ => Value::Array(keys).to_string(),
    };
    Ok(Parent::new(name, record, json.len()))
}
