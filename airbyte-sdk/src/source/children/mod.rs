//! A stream of children: the fetch function is called for each record of the parent stream.
//!
//! Each parent is a partition, named by its primary key. Unlike the partitions of a list, parents arrive while the parent
//! stream is being read (see `feed`), so the number of parents and the last one are known only at its end. If the state
//! names the parent that is `next`, the parents before it are deferred until it has been read, as long as they need little
//! memory. A position is only discarded if all parents were read and none of them has its name.
//!
//! A parent that comes twice is visited once. But if only changed parents are visited, one that comes again with another content
//! has changed after its children may have been read, and the next read might not return it. So it is visited again.
//!
//! A state in another format may name parents that do not exist, in another form than the primary key, say. So until a parent
//! comes that is in it, parents are deferred in the same way, and the state is sent as it was given; if all parents came and
//! none is in it, that is an error. Parents that it does not name are looked up in it one by one, so the state that is sent
//! contains it until all parents have been read.

mod known;
mod parent;
mod visits;

use self::known::Known;
use self::parent::to_parent;
use self::visits::{First, Visits};
use super::any::{AnyStream, Reading, Take, invalid_state};
use super::partition::{MAX_FAILURES_IN_A_ROW, Partition, Results, end};
use super::partition_state::{FINISHED, Given, Others, Resolved, parent_state, resolve};
use super::round_robin::{RoundRobin, Turn};
use crate::emitter::{Emitter, Received};
use crate::error::{Error, Result};
use crate::feed::{End, Next, Parent, Queue, ToParent};
use crate::json_text::JsonText;
use crate::ledger::{PARENT, ParentState, PartitionPositions as Positions, Tally};
use crate::panics;
use crate::protocol::AirbyteStream;
use crate::read_context::ReadContext;
use crate::stream::{Resume, Stream, StreamInfo};
use crate::text_map::TextMap;
use serde_json::Value;
use std::any::TypeId;
use std::collections::{BTreeMap, VecDeque};
use std::marker::PhantomData;
use std::slice;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
        let state = Given::new(&self.info, context.state.take());
        let (started, Start { next, resolved, known }) = match panics::catch(|| self.start(&context, state)) {
            Ok(start) => (Ok(()), start),
            Err(error) => (Err(error), Start::default()),
        };
        let parents = context.parents.take();
        if started.is_err()
            && let Some(parents) = &parents
        {
            parents.refuse();
        }
        let until_next = next.clone().map(First::Named);
        let visits = Visits {
            deferred_until: if resolved.is_some() { Some(First::Known) } else { until_next },
            resolved,
            unmatched: None,
            robin: RoundRobin::new(next),
            started,
            taken: BTreeMap::new(),
            names: TextMap::new(),
            ambiguous: None,
            gives_up: false,
            follows_changes: self.follows_changes,
            changed_again: VecDeque::new(),
            count: 0,
            finished_before: 0,
            deferred: VecDeque::new(),
            deferred_size: 0,
            following: None,
            results: Results::default(),
            may_lack_children: false,
        };
        Box::new(Read { stream: self, context, parents, known, visits: Mutex::new(visits) })
    }

    fn set_partition_key(&mut self, key: &'static str) -> bool {
        self.info.partition_key = Some(key);
        self.incremental
    }
}

/// What a read begins with.
#[derive(Default)]
struct Start {
    /// The parent to start with.
    next: Option<String>,
    /// The positions, if they do not count before a parent comes that is in the state.
    resolved: Option<(Positions, Option<JsonText>)>,
    known: Known,
}

impl<T: Stream, P: Stream, F> Children<T, P, F> {
    /// Sets the positions that the read resumes from.
    fn start<C>(&self, context: &ReadContext<'_, C>, state: Given) -> Result<Start> {
        let Some(stream) = &context.stream else { return Ok(Start::default()) };
        stream.in_unlisted_partitions(state.json.clone());
        let next = state.next(&self.info)?;
        let parent = self.given_parent_state(&state)?;
        let Resolved { positions, others, given, named } =
            resolve::<T>(&self.info, &state, self.incremental)?;
        let (name, known_as) =
            (&self.info.name, if self.incremental { "resumed" } else { "finished before" });
        let which = if parent.is_some() { "each parent that changed" } else { "each parent" };
        log::info!("{name}: reading the children of {which} ({} {known_as})", positions.len());
        let known = Known { named, others };
        // If only changed parents come, it means nothing that none of them is in the state.
        let resolved = if state.is_own_format() || !known.is_partial() || parent.is_some() {
            stream.in_partitions(positions, next.clone(), given, parent);
            None
        } else {
            Some((positions, given))
        };
        Ok(Start { next, resolved, known })
    }

    /// Returns the state of the parent stream that the read starts from.
    fn given_parent_state(&self, state: &Given) -> Result<Option<ParentState>> {
        if !self.follows_changes {
            return Ok(None);
        }
        match parent_state(&state.json, P::NAME) {
            // An empty one is no position: all parents are read.
            Some(Value::Object(state)) => Ok((!state.is_empty())
                .then(|| ParentState { name: P::NAME, state: Value::Object(state).to_string() })),
            None if state.parent_is_invalid() => {
                Err(invalid_state(&self.info, format_args!("`{PARENT}` is not an object")))
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
    known: Known,
    visits: Mutex<Visits>,
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
        let is_known = |name: &str| self.known.contains::<T>(&self.stream.info, name);
        let mut visits = self.visits();
        loop {
            if visits.is_over() {
                if visits.needs_following() {
                    match visits.next(parents, &is_known) {
                        Next::Parent(parent) => visits.following = Some(parent.name),
                        Next::Later => return Take::Later,
                        Next::End => {}
                    }
                }
                parents.refuse();
                return Take::Nothing;
            }
            // Before a parent is taken out of the queue.
            if visits.robin.must_wait() {
                return Take::Later;
            }
            let parent = match visits.next(parents, &is_known) {
                Next::Parent(parent) => parent,
                Next::Later => return Take::Later,
                Next::End => return Take::Nothing,
            };
            if visits.unmatched.is_some() && is_known(&parent.name) {
                visits.unmatched = None;
            }
            if let (Some((positions, given)), Some(stream)) = (visits.resolved.take(), &self.context.stream) {
                stream.in_partitions(positions, None, given, None);
            }
            visits.count += 1;
            let count = visits.count;
            let Turn::Partition(place) = visits.robin.take(count) else { return Take::Later };
            if self.partition(place, &parent.name).was_finished() {
                visits.robin.skip(place);
                visits.finished_before += 1;
                continue;
            }
            visits.taken.insert(place, parent);
            self.update_next(&mut visits);
            return Take::Task(place);
        }
    }

    fn run(&self, place: usize) {
        let Some(parent) = self.visits().taken.get(&place).cloned() else { return };
        let Some(record) = parent.record.downcast_ref::<P>() else { return };
        let result = match panics::catch(|| self.look_up(&parent.name)) {
            Ok(()) => self.partition(place, &parent.name).read(
                |since, out| (self.stream.fetch)(self.context.config, record, since, out),
                |fetched, received| self.ended(place, fetched, received),
            ),
            Err(error) => {
                let failed = Err(error);
                self.ended(place, &failed, Received { something: false, may_lack_records: true });
                failed
            }
        };
        self.count(result.map_err(
            |error| {
                if error.is_stopped() { error } else { error.context(&*parent.name) }
            },
        ));
    }

    fn end(&self) -> (Tally, Result<()>) {
        let parents_end = self.parents.as_ref().and_then(Queue::take_end);
        let mut visits = self.visits();
        let stopped = visits.is_over() && !visits.needs_following();
        let fetched = std::mem::replace(&mut visits.started, Ok(()));
        let fetched = fetched.and_then(|()| std::mem::take(&mut visits.results).end_of("partitions"));
        // What was not visited because the parents could not be read.
        let End { error, may_lack_records, only_changed, state } = parents_end.unwrap_or_else(End::stopped);
        let all_came = error.is_none();
        let fetched = fetched.and_then(|()| error.map_or(Ok(()), Err));
        let fetched = fetched.and_then(|()| self.context.holds.failure().map_or(Ok(()), Err));
        let fetched = fetched.and_then(|()| match &visits.unmatched {
            Some(example) => Err(self.known.contains_none::<T>(&self.stream.info, example)),
            None => Ok(()),
        });
        let fetched = fetched.and_then(|()| match &visits.ambiguous {
            Some(name) => Err(ambiguous(P::NAME, &self.stream.info.name, name)),
            None => Ok(()),
        });
        match visits.lowest() {
            Some(lowest) => self.set_next(&mut visits, Some(&lowest)),
            // All were tried. If the parents could not be read, the next read starts with the last one that was.
            None if !stopped && all_came => self.set_next(&mut visits, None),
            None => {}
        }
        let Some(stream) = &self.context.stream else { return (Tally::default(), fetched) };
        let name = &self.stream.info.name;
        if visits.count > 0 && visits.finished_before == visits.count {
            log::warn!("{name}: {FINISHED}");
        }
        match &fetched {
            Ok(()) if may_lack_records => {
                log::warn!("{name}: the parents may be incomplete; keeping the positions of all parents")
            }
            Ok(()) => {
                // The others still exist, as far as is known.
                if !only_changed {
                    stream.keep_partitions(|name| visits.names.contains(name));
                }
                // All children of the parents up to this state have been read, and none of them may be missing.
                let may_lack_children = visits.may_lack_children || self.context.holds.are_held();
                if let Some(state) = state.filter(|_| self.stream.follows_changes && !may_lack_children) {
                    stream.set_parent(ParentState { name: P::NAME, state });
                }
            }
            Err(_) => {}
        }
        end(&self.context, fetched, visits.robin.has_moved())
    }
}

impl<'a, C, T: Stream, P, F> Read<'a, C, T, P, F> {
    fn visits(&self) -> MutexGuard<'_, Visits> {
        self.visits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the position of a parent that starts at one that the state does not have under its name.
    fn look_up(&self, name: &str) -> Result<()> {
        let Some(stream) = self.context.stream.as_ref().filter(|_| self.stream.incremental) else {
            return Ok(());
        };
        if !matches!(self.known.others, Others::Beginning)
            && stream.position_of(name).is_none()
            && let Some(position) = self.known.others.position_of::<T>(&self.stream.info, name)?
        {
            stream.set_position(name, position);
        }
        Ok(())
    }

    fn partition<'r, N>(&'r self, place: usize, name: &'r N) -> Partition<'r, 'a, C, N> {
        let Children { info, incremental, .. } = self.stream;
        let names = slice::from_ref(name);
        Partition { info, context: &self.context, task: place, names, incremental: *incremental }
    }

    /// Records the end of the visit of a parent. Returns whether others may follow.
    fn ended(&self, place: usize, fetched: &Result<()>, received: Received) -> bool {
        let mut visits = self.visits();
        visits.may_lack_children |= received.may_lack_records;
        visits.ended(place, fetched, received.something);
        self.update_next(&mut visits);
        true
    }

    /// Updates the `next` of the state. It does not change while the next parent is not known: the last one is read again.
    fn update_next(&self, visits: &mut Visits) {
        if let Some(lowest) = visits.lowest() {
            self.set_next(visits, Some(&lowest));
        }
    }

    fn set_next(&self, visits: &mut Visits, lowest: Option<&str>) {
        visits.robin.publish_next(lowest, self.context.stream.as_ref());
    }

    /// Counts the result of a parent, and decides whether further ones are visited.
    fn count(&self, result: Result<()>) {
        if self.visits().results.add(&self.stream.info.name, result) {
            log::error!(
                "{}: the children of {MAX_FAILURES_IN_A_ROW} parents in a row failed; skipping the remaining ones",
                self.stream.info.name
            );
        }
    }
}

/// Returns the error for two parents with the same primary key.
fn ambiguous(parents: &str, children: &str, key: &str) -> Error {
    Error::system(format!(
        "two different records of the stream `{parents}` have the primary key {key}; of `{children}`, only the children of the first were read"
    ))
    .with_internal(format_args!(
        "the records are from different partitions or parents of `{parents}`: add a field that names the partition to its `primary_key(…)`"
    ))
}
