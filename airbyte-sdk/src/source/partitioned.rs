//! A partitioned stream: the partitions are listed, and the fetch function is called for each.
//!
//! The state of the stream is a map from the names of the partitions to their positions, and the name of the partition that
//! is `next` (see `emitter/partitions.rs`). In a full refresh, a finished partition has an empty position. A position is only
//! discarded if a list that is known to be complete lacks its partition.

use super::any::{AnyStream, cursor_in_state};
use super::partition_state::{
    next_partition, positions, rotate_to, warn_of_renamed_partitions, with_current_key,
};
use crate::emitter::{Emitter, RoundRobin};
use crate::error::{Error, Result};
use crate::hold::Hold;
use crate::http::Http;
use crate::ledger::{PartitionPositions as Positions, Tally};
use crate::panics;
use crate::protocol::{AirbyteStream, FailureType};
use crate::read_context::ReadContext;
use crate::stream::{Resume, Stream, StreamInfo};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::fmt::Display;
use std::marker::PhantomData;

/// After this many failures in a row the remaining partitions are skipped: the API itself seems to fail.
const MAX_FAILURES_IN_A_ROW: u32 = 3;

pub(super) struct Partitioned<T, P, L, F> {
    info: StreamInfo,
    list: L,
    fetch: F,
    incremental: bool,
    types: PhantomData<fn() -> (T, P)>,
}

impl<T: Stream, P, L, F> Partitioned<T, P, L, F> {
    pub(super) fn new(list: L, fetch: F, incremental: bool) -> Self {
        Self { info: StreamInfo::of::<T>(), list, fetch, incremental, types: PhantomData }
    }
}

impl<C, T, P, L, F> AnyStream<C> for Partitioned<T, P, L, F>
where
    T: Stream,
    P: Display + Send + Sync,
    L: Fn(&C, &Http) -> Result<Vec<P>> + Send + Sync,
    F: Fn(&C, &P, Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync,
{
    fn describe(&self) -> AirbyteStream {
        let resume = if self.incremental { Resume::Cursor } else { Resume::Partitions };
        self.info.describe(T::json_schema(), resume)
    }

    fn can_end_early(&self) -> bool {
        self.incremental
    }

    fn read(&self, mut context: ReadContext<'_, C>) -> (Tally, Result<()>) {
        // Moved rather than cloned: it may contain very many positions.
        let state = context.state.take().map(|state| with_current_key(&self.info, state));
        if let Some(stream) = &context.stream {
            let none = Map::new();
            stream.in_unlisted_partitions(json!(state.as_ref().unwrap_or(&none)).to_string());
        }
        let holds = context.holds();
        let hold = holds.hold(true);
        let mut round = RoundRobin::new(None);
        let fetched = panics::catch(|| self.read_all(&context, state, &hold, &mut round));
        hold.end();
        // A failure that concerns no single partition may have occurred after the last one.
        let fetched = fetched.and_then(|()| holds.failure().map_or(Ok(()), Err));
        let Some(stream) = &context.stream else { return (Tally::default(), fetched) };
        let state = match &fetched {
            Ok(()) => stream.checkpoint(),
            Err(error) if error.is_stopped() => Ok(()),
            // May be reported as a success, which must include a state.
            Err(error) if error.is_exhausted() => stream.checkpoint(),
            // Finished partitions count despite the failure, and the next read starts with another partition.
            Err(_) if stream.tally().records > 0 || round.has_moved() => stream.checkpoint(),
            Err(_) => Ok(()),
        };
        let tally = Tally { requests: context.http.usage().responses(), ..stream.tally() };
        (tally, fetched.and(state))
    }
}

impl<T, P, L, F> Partitioned<T, P, L, F>
where
    T: Stream,
    P: Display,
{
    fn read_all<C>(
        &self,
        context: &ReadContext<'_, C>,
        state: Option<Map<String, Value>>,
        hold: &Hold,
        round: &mut RoundRobin,
    ) -> Result<()>
    where
        L: Fn(&C, &Http) -> Result<Vec<P>>,
        F: Fn(&C, &P, Option<T::Cursor>, &mut Emitter<T>) -> Result<()>,
    {
        let http = context.http_for(hold);
        let mut partitions = named((self.list)(context.config, &http)?);
        // The positions of partitions missing from the list would be discarded.
        hold.failure().map_or(Ok(()), Err)?;
        let may_lack_partitions = hold.current().is_some();
        // From now on, a request of the listing's client may concern any partition.
        hold.end();
        let next = next_partition(&self.info, state.as_ref())?;
        if let Some(next) = &next {
            rotate_to(next, &mut partitions);
        }
        let names = unique_names(&partitions)?;
        let positions = positions::<T>(&self.info, state, &partitions, self.incremental)?;
        *round = RoundRobin::new(next.clone());
        if let Some(stream) = &context.stream {
            self.log_start(&partitions, &names, &positions, next.is_some());
            stream.in_partitions(positions, next);
        }
        self.read_partitions(context, &partitions, round)?;
        let Some(stream) = &context.stream else { return Ok(()) };
        if partitions.is_empty() && stream.has_positions() {
            log::warn!(
                "{}: the list of partitions is empty; discarding the positions of all partitions",
                self.info.name
            );
        }
        if may_lack_partitions {
            log::warn!(
                "{}: the list of partitions may be incomplete; keeping the positions of all partitions",
                self.info.name
            );
        } else {
            stream.keep_partitions(&names);
        }
        Ok(())
    }

    fn log_start(
        &self,
        partitions: &[(String, P)],
        names: &HashSet<&str>,
        positions: &Positions,
        is_resumed: bool,
    ) {
        let stream = &self.info.name;
        warn_of_renamed_partitions(stream, positions, names);
        let known = names.iter().filter(|name| positions.contains_key(**name)).count();
        let known_as = if self.incremental { "resumed" } else { "finished before" };
        match partitions {
            [(name, _)] if known == 0 => log::info!("{stream}: reading `{name}` from the beginning"),
            [(name, _)] => log::info!("{stream}: reading `{name}` ({known_as})"),
            partitions => {
                let first = partitions.first().filter(|_| is_resumed);
                let start = first.map_or_else(String::new, |(name, _)| format!(", starting with `{name}`"));
                log::info!("{stream}: reading {} partitions{start} ({known} {known_as})", partitions.len());
            }
        }
    }

    fn read_partitions<C>(
        &self,
        context: &ReadContext<'_, C>,
        partitions: &[(String, P)],
        round: &mut RoundRobin,
    ) -> Result<()>
    where
        F: Fn(&C, &P, Option<T::Cursor>, &mut Emitter<T>) -> Result<()>,
    {
        let stream = context.stream.as_ref();
        let mut failures = Failures::default();
        // The name of the only partition is not needed in an error.
        let named = |error: Error, name: &str| if partitions.len() > 1 { error.context(name) } else { error };
        for (index, (name, partition)) in partitions.iter().enumerate() {
            let state: Option<Map<String, Value>> =
                stream.and_then(|stream| serde_json::from_str(&stream.position_of(name)?).ok());
            // Finished by the interrupted read. A position that is not empty is from a time when the stream was incremental.
            if !self.incremental && state.as_ref().is_some_and(Map::is_empty) {
                continue;
            }
            let state = state.filter(|_| self.incremental);
            let since = state.as_ref().map_or(Ok(None), |state| {
                panics::catch(|| cursor_in_state::<T>(&self.info, state, Some(name)))
            });
            let reached = since.as_ref().ok().cloned().flatten();
            let mut out = Emitter::<T>::of_partition(&self.info, context, name, self.incremental, reached);
            let fetched = since
                .and_then(|since| panics::catch(|| (self.fetch)(context.config, partition, since, &mut out)));
            let following = partitions.get(index + 1).map(|(name, _)| name.as_str());
            match out.finish_partition(fetched, self.incremental, following, round) {
                Ok(()) => failures.in_a_row = 0,
                // The run has ended, or a `check` has seen a record.
                Err(error) if error.is_stopped() => return failures.end().and(Err(error)),
                Err(error) if error.is_exhausted() => {
                    return failures.end().and(Err(named(error, name)));
                }
                Err(error) => {
                    failures.add(&self.info.name, named(error, name));
                    if failures.in_a_row == MAX_FAILURES_IN_A_ROW {
                        log::error!(
                            "{}: {MAX_FAILURES_IN_A_ROW} partitions failed in a row; skipping the remaining {}",
                            self.info.name,
                            partitions.len() - index - 1
                        );
                        return failures.end();
                    }
                }
            }
        }
        round.end(stream);
        failures.end()
    }
}

/// Collects the errors of the partitions that failed.
#[derive(Default)]
struct Failures {
    /// The error to report: the first one that is not a config error, since the platform does not retry after those, or
    /// else the first one.
    reported: Option<Error>,
    count: u32,
    in_a_row: u32,
}

impl Failures {
    fn add(&mut self, stream: &str, error: Error) {
        self.count += 1;
        self.in_a_row += 1;
        log::error!("{stream}: {error:?}");
        let is_final = |error: &Error| error.failure_type() == FailureType::ConfigError;
        if self.reported.as_ref().is_none_or(|reported| is_final(reported) && !is_final(&error)) {
            self.reported = Some(error);
        }
    }

    fn end(self) -> Result<()> {
        match self.reported {
            None => Ok(()),
            Some(error) if self.count == 1 => Err(error),
            Some(error) => Err(error.with_internal(format_args!("{} partitions failed", self.count))),
        }
    }
}

fn named<P: Display>(partitions: Vec<P>) -> Vec<(String, P)> {
    partitions.into_iter().map(|partition| (partition.to_string(), partition)).collect()
}

/// Returns the names as a set; an error if two are equal.
fn unique_names<P>(partitions: &[(String, P)]) -> Result<HashSet<&str>> {
    let mut names = HashSet::with_capacity(partitions.len());
    match partitions.iter().find(|(name, _)| !names.insert(name.as_str())) {
        None => Ok(names),
        Some((name, _)) => Err(Error::config(format!(
            "duplicate partition `{name}`; the names of partitions must be unique"
        ))),
    }
}
