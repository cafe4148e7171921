//! A partitioned stream: the partitions are listed, and the fetch function is called for each, or for each group of them.
//!
//! The list is the first task of the read; each partition or group is one more. The state of the stream is a map from the
//! names of the partitions to their positions, and the name of the partition that is `next` (see `round_robin.rs`). In a full
//! refresh, a finished partition has an empty position. A position is only discarded if a list that is known to be complete
//! lacks its partition.

use super::any::{AnyStream, Reading, Take, cursor_in_state};
use super::groups::{self, Partitions, Start};
use super::partition::{MAX_FAILURES_IN_A_ROW, Partition, Results, end, parse};
use super::partition_state::{Given, log_start, positions, rotate_to};
use super::round_robin::{RoundRobin, Turn};
use crate::emitter::Emitter;
use crate::error::{Error, Result};
use crate::hold::Hold;
use crate::http::Http;
use crate::ledger::{PartitionPositions as Positions, Tally};
use crate::panics;
use crate::protocol::AirbyteStream;
use crate::read_context::ReadContext;
use crate::stream::{Resume, Stream, StreamInfo};
use std::any::TypeId;
use std::fmt::Display;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) struct Partitioned<T, P, L, F> {
    info: StreamInfo,
    list: L,
    fetch: F,
    incremental: bool,
    /// How many partitions one call of the fetch function gets; `None` if it is called for each.
    group_size: Option<usize>,
    types: PhantomData<fn() -> (T, P)>,
}

impl<T: Stream, P, L, F> Partitioned<T, P, L, F> {
    pub(super) fn new(list: L, fetch: F, incremental: bool, group_size: Option<usize>) -> Self {
        Self { info: StreamInfo::of::<T>(), list, fetch, incremental, group_size, types: PhantomData }
    }
}

impl<C, T, P, L, F> AnyStream<C> for Partitioned<T, P, L, F>
where
    C: Sync,
    T: Stream,
    P: Display + Send + Sync,
    L: Fn(&C, &Http) -> Result<Vec<P>> + Send + Sync,
    F: Fn(&C, &[P], Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync,
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

    fn set_partition_key(&mut self, key: &'static str) -> bool {
        self.info.partition_key = Some(key);
        self.incremental
    }

    fn begin<'a>(&'a self, mut context: ReadContext<'a, C>) -> Box<dyn Reading + 'a> {
        let state = Given::new(&self.info, context.state.take());
        if let Some(stream) = &context.stream {
            stream.in_unlisted_partitions(state.json.clone());
        }
        let unlisted = Phase::Unlisted { state: Some(state), is_taken: false };
        Box::new(Read { stream: self, context, phase: Mutex::new(unlisted) })
    }
}

/// The read of a partitioned stream.
struct Read<'a, C, T, P, L, F> {
    stream: &'a Partitioned<T, P, L, F>,
    context: ReadContext<'a, C>,
    phase: Mutex<Phase<P>>,
}

enum Phase<P> {
    /// With the given state until the list is read, and whether a thread has taken that task.
    Unlisted {
        state: Option<Given>,
        is_taken: bool,
    },
    /// The partitions could not be listed.
    Failed(Error),
    Listed(Listed<P>),
}

struct Listed<P> {
    partitions: Arc<Partitions<P>>,
    /// Whether the list may be incomplete.
    may_lack_partitions: bool,
    robin: RoundRobin,
    results: Results,
}

/// The number of the task that lists the partitions. The others follow in the order of the list.
const LIST: usize = 0;

impl<C, T, P, L, F> Reading for Read<'_, C, T, P, L, F>
where
    C: Sync,
    T: Stream,
    P: Display + Send + Sync,
    L: Fn(&C, &Http) -> Result<Vec<P>> + Send + Sync,
    F: Fn(&C, &[P], Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync,
{
    fn take(&self) -> Take {
        match &mut *self.phase() {
            Phase::Unlisted { is_taken: true, .. } => Take::Later,
            Phase::Unlisted { is_taken, .. } => {
                *is_taken = true;
                Take::Task(LIST)
            }
            Phase::Failed(_) => Take::Nothing,
            Phase::Listed(listed) => self.take_partition(listed),
        }
    }

    fn run(&self, task: usize) {
        if task == LIST { self.list() } else { self.read_partition(task) }
    }

    fn end(&self) -> (Tally, Result<()>) {
        let ended = Phase::Unlisted { state: None, is_taken: true };
        let (fetched, has_moved) = match std::mem::replace(&mut *self.phase(), ended) {
            // The run has ended before.
            Phase::Unlisted { .. } => (Err(Error::stopped()), false),
            Phase::Failed(error) => (Err(error), false),
            Phase::Listed(mut listed) => {
                self.update_next(&mut listed);
                let has_moved = listed.robin.has_moved();
                (self.end_round(listed), has_moved)
            }
        };
        // A failure that concerns no single partition may have occurred after the last one.
        let fetched = fetched.and_then(|()| self.context.holds.failure().map_or(Ok(()), Err));
        end(&self.context, fetched, has_moved)
    }
}

impl<'a, C, T, P, L, F> Read<'a, C, T, P, L, F>
where
    T: Stream,
    P: Display,
    L: Fn(&C, &Http) -> Result<Vec<P>>,
    F: Fn(&C, &[P], Option<T::Cursor>, &mut Emitter<T>) -> Result<()>,
{
    fn phase(&self) -> MutexGuard<'_, Phase<P>> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lists the partitions.
    fn list(&self) {
        let state = match &mut *self.phase() {
            Phase::Unlisted { state, .. } => state.take(),
            _ => None,
        };
        let Some(state) = state else { return };
        let hold = self.context.holds.hold(true);
        let listed = panics::catch(|| self.listed(state, &hold));
        hold.end();
        *self.phase() = listed.map_or_else(Phase::Failed, Phase::Listed);
    }

    fn listed(&self, state: Given, hold: &Hold) -> Result<Listed<P>> {
        let Self { stream: Partitioned { info, list, incremental, group_size, .. }, context, .. } = self;
        let http = context.http_for(hold, LIST);
        let mut partitions = named(list(context.config, &http)?);
        // The positions of partitions missing from the list would be discarded.
        hold.failure().map_or(Ok(()), Err)?;
        let may_lack_partitions = hold.current().is_some();
        if let Some(feed) = context.feed.as_ref().filter(|_| may_lack_partitions) {
            feed.may_lack_records();
        }
        // From now on, a request of the listing's client may concern any partition.
        hold.end();
        let next = state.next(info)?;
        if let Some(next) = &next {
            rotate_to(next, &mut partitions);
        }
        let names = unique_names(&partitions)?;
        let positions = positions::<T>(info, &state, &partitions, *incremental)?;
        drop(state);
        let robin = RoundRobin::new(next.clone());
        if context.stream.is_some() {
            let first = partitions.first().map_or("", |(name, _)| name);
            log_start(&info.name, &names, &positions, *incremental, next.as_ref().map(|_| first));
        }
        drop(names);
        let partitions = match group_size {
            None => Partitions::Alone(partitions),
            Some(size) => Partitions::in_groups(partitions, *size, |name| self.start(name, &positions)),
        };
        if let Some(stream) = &context.stream {
            if let Some(size) = group_size {
                log::info!(
                    "{}: {} groups of up to {} partitions",
                    info.name,
                    partitions.calls(),
                    (*size).max(1)
                );
            }
            stream.in_partitions(positions, next, None, None);
        }
        let partitions = Arc::new(partitions);
        Ok(Listed { partitions, may_lack_partitions, robin, results: Results::default() })
    }

    /// Returns where the read of this partition starts.
    fn start(&self, name: &str, positions: &Positions) -> Start<T::Cursor> {
        let Some(position) = positions.get(name).and_then(parse) else { return Start::Beginning };
        if !self.stream.incremental {
            return if position.is_empty() { Start::Finished } else { Start::Beginning };
        }
        match panics::catch(|| cursor_in_state::<T>(&self.stream.info, &position, Some(name))) {
            Ok(position) => position.map_or(Start::Beginning, Start::At),
            // Reported when it is read.
            Err(_) => Start::Invalid,
        }
    }

    /// Takes the next partition, without those that the interrupted read has finished.
    fn take_partition(&self, listed: &mut Listed<P>) -> Take {
        if listed.results.are_final() {
            return Take::Nothing;
        }
        loop {
            match listed.robin.take(listed.partitions.calls()) {
                Turn::Partition(place) if self.was_finished(place, &listed.partitions) => {
                    listed.robin.skip(place);
                }
                Turn::Partition(place) => return Take::Task(LIST + 1 + place),
                Turn::Later => return Take::Later,
                Turn::None => return Take::Nothing,
            }
        }
    }

    fn was_finished(&self, place: usize, partitions: &Partitions<P>) -> bool {
        partitions.get(place).is_some_and(|(names, _)| self.partition(place, names).was_finished())
    }

    fn partition<'r>(&'r self, place: usize, names: &'r [String]) -> Partition<'r, 'a, C, String> {
        let Partitioned { info, incremental, .. } = self.stream;
        Partition { info, context: &self.context, task: LIST + 1 + place, names, incremental: *incremental }
    }

    fn read_partition(&self, task: usize) {
        let partitions = match &*self.phase() {
            Phase::Listed(listed) => Arc::clone(&listed.partitions),
            _ => return,
        };
        let place = task - LIST - 1;
        let Some((names, group)) = partitions.get(place) else { return };
        let result = self.partition(place, names).read(
            |since, out| (self.stream.fetch)(self.context.config, group, since, out),
            |fetched, received| self.ended(place, fetched, received.something),
        );
        // The name of the only partition is not needed in an error.
        let is_named = partitions.calls() > 1;
        self.count(result.map_err(|error| {
            if is_named && !error.is_stopped() { error.context(groups::describe(names)) } else { error }
        }));
    }

    /// Records the end of a partition in the round. Returns whether others are still to be read.
    fn ended(&self, place: usize, fetched: &Result<()>, got_something: bool) -> bool {
        let mut phase = self.phase();
        let Phase::Listed(listed) = &mut *phase else { return false };
        listed.robin.ended(place, fetched, got_something);
        self.update_next(listed);
        listed.robin.untaken(listed.partitions.calls()) > 0
    }

    fn update_next(&self, listed: &mut Listed<P>) {
        let lowest = listed.partitions.get(listed.robin.lowest()).and_then(|(names, _)| names.first());
        let lowest = lowest.map(String::as_str);
        listed.robin.publish_next(lowest, self.context.stream.as_ref());
    }

    /// Counts the result of a partition, and decides whether further ones are started.
    fn count(&self, result: Result<()>) {
        let mut phase = self.phase();
        let Phase::Listed(listed) = &mut *phase else { return };
        if listed.results.add(&self.stream.info.name, result) {
            let skipped = match listed.robin.untaken(listed.partitions.calls()) {
                0 => String::new(),
                remaining => format!("; skipping the remaining {remaining}"),
            };
            log::error!(
                "{}: {MAX_FAILURES_IN_A_ROW} {} failed in a row{skipped}",
                self.stream.info.name,
                listed.partitions.plural()
            );
        }
    }

    /// Returns the result of the round. If all partitions were read, discards the positions of others.
    fn end_round(&self, listed: Listed<P>) -> Result<()> {
        let Listed { partitions, may_lack_partitions, results, .. } = listed;
        results.end_of(partitions.plural())?;
        let names = partitions.sorted_names();
        let (name, Some(stream)) = (&self.stream.info.name, &self.context.stream) else { return Ok(()) };
        if names.is_empty() && stream.has_positions() {
            log::warn!("{name}: the list of partitions is empty; discarding the positions of all partitions");
        }
        if may_lack_partitions {
            log::warn!(
                "{name}: the list of partitions may be incomplete; keeping the positions of all partitions"
            );
        } else {
            stream.keep_partitions(|name| names.binary_search(&name).is_ok());
        }
        Ok(())
    }
}

fn named<P: Display>(partitions: Vec<P>) -> Vec<(String, P)> {
    partitions.into_iter().map(|partition| (partition.to_string(), partition)).collect()
}

/// Returns the names in order; an error if two are equal. A set would take three times the memory.
fn unique_names<P>(partitions: &[(String, P)]) -> Result<Vec<&str>> {
    let mut names: Vec<&str> = partitions.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|names| names[0] == names[1]) {
        None => Ok(names),
        Some(names) => Err(Error::config(format!(
            "duplicate partition `{}`; the names of partitions must be unique",
            names[0]
        ))),
    }
}
