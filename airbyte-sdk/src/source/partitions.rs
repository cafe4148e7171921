//! A stream that is read partition by partition.

use super::any::{AnyStream, Position, own_position, position, unknown, unreadable};
use crate::cursor;
use crate::emitter::{Emitter, Turns};
use crate::error::{Error, Result};
use crate::hold::Hold;
use crate::http::Http;
use crate::ledger::{NEXT, PARTITIONS, PartitionPositions as Positions, Tally};
use crate::panics;
use crate::problems::list;
use crate::protocol::{AirbyteStream, FailureType};
use crate::read_context::ReadContext;
use crate::stream::{Resume, Stream, StreamInfo};
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::marker::PhantomData;

/// After so many partitions that failed one after the other the trouble is not with the partitions.
const FAILURES_IN_A_ROW: u32 = 3;

pub(super) struct InPartitions<T, P, L, F> {
    info: StreamInfo,
    list: L,
    fetch: F,
    incremental: bool,
    types: PhantomData<fn() -> (T, P)>,
}

impl<T: Stream, P, L, F> InPartitions<T, P, L, F> {
    pub(super) fn new(list: L, fetch: F, incremental: bool) -> Self {
        Self { info: StreamInfo::of::<T>(), list, fetch, incremental, types: PhantomData }
    }
}

impl<C, T, P, L, F> AnyStream<C> for InPartitions<T, P, L, F>
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

    fn checkpoints(&self) -> bool {
        self.incremental
    }

    fn read(&self, mut context: ReadContext<'_, C>) -> (Tally, Result<()>) {
        // Moved on, since there may be a position for each of very many partitions.
        let state = context.state.take().map(|state| with_current_key(&self.info, state));
        if let Some(stream) = &context.stream {
            let none = Map::new();
            stream.in_unlisted_partitions(json!(state.as_ref().unwrap_or(&none)).to_string());
        }
        let holds = context.holds();
        let hold = holds.hold(true);
        let mut turns = Turns::new(None);
        let fetched = panics::catch(|| self.read_all(&context, state, &hold, &mut turns));
        hold.end();
        // Something that concerns no single partition may have failed after the last one.
        let fetched = fetched.and_then(|()| holds.failure().map_or(Ok(()), Err));
        let Some(stream) = &context.stream else { return (Tally::default(), fetched) };
        let state = match &fetched {
            Ok(()) => stream.checkpoint(),
            Err(error) if error.is_stopped() => Ok(()),
            // It may be taken for a good end, and every one of those has a state.
            Err(error) if error.is_exhausted() => stream.checkpoint(),
            // The partitions that are finished are, whatever became of the others, and the next read begins with another one.
            Err(_) if stream.tally().records > 0 || turns.have_moved() => stream.checkpoint(),
            Err(_) => Ok(()),
        };
        let tally = Tally { answers: context.http.usage().answers(), ..stream.tally() };
        (tally, fetched.and(state))
    }
}

impl<T, P, L, F> InPartitions<T, P, L, F>
where
    T: Stream,
    P: Display,
{
    fn read_all<C>(
        &self,
        context: &ReadContext<'_, C>,
        state: Option<Map<String, Value>>,
        hold: &Hold,
        turns: &mut Turns,
    ) -> Result<()>
    where
        L: Fn(&C, &Http) -> Result<Vec<P>>,
        F: Fn(&C, &P, Option<T::Cursor>, &mut Emitter<T>) -> Result<()>,
    {
        let http = context.http_for(hold);
        let mut partitions = named((self.list)(context.config, &http)?);
        // Partitions that are missing from the list would be forgotten.
        hold.failure().map_or(Ok(()), Err)?;
        let may_lack_partitions = hold.current().is_some();
        // What the client of the list does from here on is not known to be of one partition.
        hold.end();
        let next = next(&self.info, state.as_ref())?;
        if let Some(next) = &next {
            go_round_from(next, &mut partitions);
        }
        let names = names(&partitions)?;
        let positions = positions::<T>(&self.info, state, &partitions, self.incremental)?;
        *turns = Turns::new(next.clone());
        if let Some(stream) = &context.stream {
            self.tell_begin(&partitions, &names, &positions, next.is_some());
            stream.in_partitions(positions, next);
        }
        self.read_partitions(context, &partitions, turns)?;
        let Some(stream) = &context.stream else { return Ok(()) };
        if partitions.is_empty() && stream.has_positions() {
            log::warn!(
                "{}: the list of partitions is empty; the positions of all of them are forgotten",
                self.info.name
            );
        }
        if may_lack_partitions {
            log::warn!(
                "{}: the list of partitions is not known to be complete; no partition is forgotten",
                self.info.name
            );
        } else {
            stream.keep_partitions(&names);
        }
        Ok(())
    }

    fn tell_begin(
        &self,
        partitions: &[(String, P)],
        names: &HashSet<&str>,
        positions: &Positions,
        goes_on: bool,
    ) {
        let stream = &self.info.name;
        warn_of_renamed_partitions(stream, positions, names);
        let known = names.iter().filter(|name| positions.contains_key(**name)).count();
        let known_as = if self.incremental { "begun" } else { "finished" };
        match partitions {
            [(name, _)] if known == 0 => log::info!("{stream}: reading `{name}` from its beginning"),
            [(name, _)] => log::info!("{stream}: reading `{name}`, {known_as} before"),
            partitions => {
                let first = partitions.first().filter(|_| goes_on);
                let from = first.map_or_else(String::new, |(name, _)| format!(", from `{name}` on"));
                log::info!(
                    "{stream}: reading {} partitions{from}, {known} of them {known_as} before",
                    partitions.len()
                );
            }
        }
    }

    fn read_partitions<C>(
        &self,
        context: &ReadContext<'_, C>,
        partitions: &[(String, P)],
        turns: &mut Turns,
    ) -> Result<()>
    where
        F: Fn(&C, &P, Option<T::Cursor>, &mut Emitter<T>) -> Result<()>,
    {
        let stream = context.stream.as_ref();
        let mut failures = Failures::default();
        // Where there is only one, its name says nothing.
        let named = |error: Error, name: &str| if partitions.len() > 1 { error.context(name) } else { error };
        for (place, (name, partition)) in partitions.iter().enumerate() {
            let state: Option<Map<String, Value>> =
                stream.and_then(|stream| serde_json::from_str(&stream.position_of(name)?).ok());
            // Finished, in the read that broke off. One that is not empty is from when the stream had positions.
            if !self.incremental && state.as_ref().is_some_and(Map::is_empty) {
                continue;
            }
            let state = state.filter(|_| self.incremental);
            let since = state
                .as_ref()
                .map_or(Ok(None), |state| panics::catch(|| position::<T>(&self.info, state, Some(name))));
            let reached = since.as_ref().ok().cloned().flatten();
            let mut out = Emitter::<T>::of_partition(&self.info, context, name, self.incremental, reached);
            let fetched = since
                .and_then(|since| panics::catch(|| (self.fetch)(context.config, partition, since, &mut out)));
            let following = partitions.get(place + 1).map(|(name, _)| name.as_str());
            match out.finish_partition(fetched, self.incremental, following, turns) {
                Ok(()) => failures.in_a_row = 0,
                // Of a check, too, that has seen a record of another partition.
                Err(error) if error.is_stopped() => return failures.end().and(Err(error)),
                Err(error) if error.is_exhausted() => {
                    return failures.end().and(Err(named(error, name)));
                }
                Err(error) => {
                    failures.add(&self.info.name, named(error, name));
                    if failures.in_a_row == FAILURES_IN_A_ROW {
                        log::error!(
                            "{}: {} partitions are not read",
                            self.info.name,
                            partitions.len() - place - 1
                        );
                        return failures.end();
                    }
                }
            }
        }
        turns.end(stream);
        failures.end()
    }
}

/// What became of the partitions that failed.
#[derive(Default)]
struct Failures {
    /// The one that is told: the first, but rather one that another attempt may not meet.
    told: Option<Error>,
    count: u32,
    in_a_row: u32,
}

impl Failures {
    fn add(&mut self, stream: &str, error: Error) {
        self.count += 1;
        self.in_a_row += 1;
        log::error!("{stream}: {error:?}");
        let is_final = |error: &Error| error.failure_type() == FailureType::ConfigError;
        if self.told.as_ref().is_none_or(|told| is_final(told) && !is_final(&error)) {
            self.told = Some(error);
        }
    }

    fn end(self) -> Result<()> {
        match self.told {
            None => Ok(()),
            Some(error) if self.count == 1 => Err(error),
            Some(error) => Err(error.with_internal(format_args!("{} partitions failed", self.count))),
        }
    }
}

fn named<P: Display>(partitions: Vec<P>) -> Vec<(String, P)> {
    partitions.into_iter().map(|partition| (partition.to_string(), partition)).collect()
}

fn names<P>(partitions: &[(String, P)]) -> Result<HashSet<&str>> {
    let mut names = HashSet::with_capacity(partitions.len());
    match partitions.iter().find(|(name, _)| !names.insert(name.as_str())) {
        None => Ok(names),
        Some((name, _)) => Err(Error::config(format!(
            "`{name}` is listed twice; what is read partition by partition is named once"
        ))),
    }
}

/// Warns if the positions of a state look as if they belonged to partitions that are listed under other names: those are
/// read from the start.
fn warn_of_renamed_partitions(stream: &str, positions: &Positions, names: &HashSet<&str>) {
    let unlisted = || positions.keys().map(|name| &**name).filter(|name| !names.contains(name));
    if names.is_empty() || unlisted().next().is_none() {
        return;
    }
    let plain = |name: &str| name.split_whitespace().collect::<String>().to_lowercase();
    let new = names.iter().filter(|name| !positions.contains_key(**name));
    let new: HashMap<String, &str> = new.map(|name| (plain(name), *name)).collect();
    let similar = unlisted().filter_map(|old| Some((*new.get(&plain(old))?, old)));
    let similar: Vec<String> =
        similar.map(|(new, old)| format!("{} (did you mean {}?)", list([new]), list([old]))).collect();
    if !similar.is_empty() {
        let (first, more) =
            (similar.iter().take(10).cloned().collect::<Vec<_>>().join(", "), similar.len() > 10);
        let more = if more { ", …" } else { "" };
        log::warn!("{stream}: read from the start, since the state has another spelling: {first}{more}");
    } else if unlisted().count() == positions.len() {
        log::warn!(
            "{stream}: the state has none of the listed partitions, so all of them are read from the start; it has {}",
            list(unlisted())
        );
    }
}

/// The key under which the positions stood before it was called `partitions`.
const FORMER_KEY: &str = "parts";

/// The state with its positions under the key of today.
fn with_current_key(info: &StreamInfo, mut state: Map<String, Value>) -> Map<String, Value> {
    let is_cursor = info.state_key().is_some_and(|field| field == FORMER_KEY);
    let says_nothing = match state.get(PARTITIONS) {
        None | Some(Value::Null) => true,
        Some(positions) => positions.as_object().is_some_and(Map::is_empty),
    };
    if !is_cursor
        && says_nothing
        && let Some(positions) = state.remove(FORMER_KEY)
    {
        state.insert(PARTITIONS.to_owned(), positions);
    }
    state
}

/// The partition that is next, if an earlier read has not come to its end.
fn next(info: &StreamInfo, state: Option<&Map<String, Value>>) -> Result<Option<String>> {
    match state.filter(|state| state.contains_key(PARTITIONS)).and_then(|state| state.get(NEXT)) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) => Ok(Some(name.clone())),
        Some(_) => Err(unreadable(info, format_args!("its `{NEXT}` is not the name of a partition"))),
    }
}

/// Begins with this partition, or the one that follows it if it is no longer listed, and goes round. By name: the list may come
/// in another order each time, and whoever is always listed last would never have a context.
fn go_round_from<P>(next: &str, partitions: &mut [(String, P)]) {
    partitions.sort_by(|(one, _), (other, _)| one.cmp(other));
    let begin = partitions.partition_point(|(name, _)| name.as_str() < next);
    partitions.rotate_left(begin % partitions.len().max(1));
}

/// The positions as JSON. Inserted one by one: `collect` would sort them first, which is much code for a map that is made
/// once.
fn texts(positions: Map<String, Value>) -> Positions {
    let mut texts = Positions::new();
    for (name, state) in positions {
        texts.insert(name.into(), state.to_string().into());
    }
    texts
}

/// The state of each partition; of those in a full refresh, only whether they are finished. That of a stream which was read in one go holds for every partition.
fn positions<T: Stream>(
    info: &StreamInfo,
    state: Option<Map<String, Value>>,
    partitions: &[(String, impl Display)],
    incremental: bool,
) -> Result<Positions> {
    let Some(mut state) = state else { return Ok(Positions::new()) };
    match state.get_mut(PARTITIONS) {
        Some(Value::Object(positions)) => {
            return match positions.iter().find(|(_, state)| !state.is_object()) {
                Some((name, _)) => {
                    Err(unreadable(info, format_args!("`{PARTITIONS}.{name}` is not an object")))
                }
                None => Ok(texts(std::mem::take(positions))),
            };
        }
        None | Some(Value::Null) => {}
        Some(_) => return Err(unreadable(info, format_args!("its `{PARTITIONS}` is not an object"))),
    }
    let Some(field) = info.state_key().filter(|_| incremental) else {
        let empty = state.values().all(Value::is_null);
        return if empty {
            Ok(Positions::new())
        } else {
            Err(unreadable(info, format_args!("it has no `{PARTITIONS}`")))
        };
    };
    let at = |cursor: T::Cursor| -> Result<Box<str>> { Ok(cursor::to_state(field.clone(), &cursor)?.into()) };
    match own_position::<T>(&state, &field) {
        Position::Empty => return Ok(Positions::new()),
        Position::At(cursor) => {
            log::info!(
                "{}: the state is of the whole stream, which was not read in partitions; it holds for each of them",
                info.name
            );
            let everywhere = at(cursor)?;
            let mut positions = Positions::new();
            for (name, _) in partitions {
                positions.insert(name.as_str().into(), everywhere.clone());
            }
            return Ok(positions);
        }
        Position::Unknown => {}
    }
    // What another connector wrote for one partition must not count for the others.
    let mut positions = Positions::new();
    let older = Value::Object(state);
    for (name, _) in partitions {
        if let Some(cursor) = T::older_state(&older, Some(name))? {
            positions.insert(name.as_str().into(), at(cursor)?);
        }
    }
    if positions.is_empty() {
        let none = Map::new();
        return Err(unknown(info, older.as_object().unwrap_or(&none), &field));
    }
    log::info!("{}: migrated the state of {} partitions from an older format", info.name, positions.len());
    Ok(positions)
}
