//! THE SYNC LOOP: reads the configured streams and reports the result of each.

mod workers;

use self::workers::{Begun, Streams};
use super::{Outcome, http_for};
use crate::error::{Error, Result};
use crate::feed::{Feed, Queue, Slots, ToParent};
use crate::http::Http;
use crate::input::States;
use crate::ledger::Tally;
use crate::problems::{list, shorten};
use crate::protocol::{
    AirbyteStream, AirbyteStreamStatus, ConfiguredAirbyteCatalog, ConfiguredAirbyteStream, StreamDescriptor,
    SyncMode,
};
use crate::read_context::ReadContext;
use crate::run_context::RunContext;
use crate::source::{AnyStream, Reading, Source, Take, validate_stream};
use serde_json::json;
use std::collections::HashSet;
use std::collections::hash_map::{Entry, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// How many tasks are run at a time if neither the author nor the environment says so. Few enough for APIs that limit
/// connections, enough to hide most of the time that a response takes.
const DEFAULT_CONCURRENCY: u32 = 4;

/// Each task has a thread of its own.
const MAX_CONCURRENCY: u32 = 64;

/// Overrides the concurrency of the source.
const CONCURRENCY: &str = "AIRBYTE_SDK_CONCURRENCY";

/// Reads every configured stream. A stream that fails does not stop the others, but the run has failed.
pub(crate) fn read<C: Sync>(
    source: &Source<C>,
    config: &C,
    catalog: ConfiguredAirbyteCatalog,
    states: States,
    run: &RunContext,
) -> Result<Outcome> {
    if catalog.streams.is_empty() {
        return Err(Error::config("the catalog has no streams; select at least one"));
    }
    let http = http_for(source, config, run);
    let slots = Slots::new(concurrency(source, config)?);
    // Those that cannot be read come last, so that their errors do not keep the others from being read.
    let (readable, unreadable): (Vec<_>, Vec<_>) =
        plan(source, catalog).into_iter().partition(|planned| planned.stream.is_ok());
    let readable = with_parents(source, readable, &states, &slots)?;
    let work = Work { source, config, http, states: Mutex::new(states), run };
    let all_succeeded =
        workers::read(readable, &work, &slots, run)? & workers::read(unreadable, &work, &slots, run)?;
    // A panic that was noticed after the end of its stream.
    let none_panicked = run.ledger.holds().panics() == 0;
    Ok(if all_succeeded && none_panicked { Outcome::Success } else { Outcome::FailedStreams })
}

/// Returns how many tasks are run at a time.
fn concurrency<C>(source: &Source<C>, config: &C) -> Result<usize> {
    let count = match std::env::var(CONCURRENCY) {
        Ok(count) => count
            .parse()
            .map_err(|_| Error::config(format!("the environment variable {CONCURRENCY} is not a number")))?,
        Err(_) => source.concurrency.as_ref().map_or(DEFAULT_CONCURRENCY, |count| count(config)),
    };
    Ok(count.clamp(1, MAX_CONCURRENCY) as usize)
}

/// Begins and ends the streams of a run.
struct Work<'a, C> {
    source: &'a Source<C>,
    config: &'a C,
    http: Http,
    states: Mutex<States>,
    run: &'a RunContext,
}

impl<'a, C: Sync> Streams<'a, Planned<'a, C>> for Work<'a, C> {
    fn begin(&self, planned: &Planned<'a, C>) -> Result<Begun<'a>> {
        let Planned { descriptor, columns, stream, rank, is_selected, feed, parents, .. } = planned;
        let resumes = stream.as_ref().is_ok_and(|(_, resumes)| *resumes);
        let states = || self.states.lock().unwrap_or_else(PoisonError::into_inner).take(descriptor);
        let state = if *is_selected { states().filter(|_| resumes) } else { None };
        let panics = self.run.ledger.holds().panics();
        let given = state.as_ref().map_or_else(|| "{}".to_owned(), |state| json!(state).to_string());
        let open_stream = if *is_selected { Some(self.run.ledger.start(descriptor, given)?) } else { None };
        let reading = match stream {
            Ok((stream, _)) => stream.begin(ReadContext {
                config: self.config,
                http: self.http.counted(),
                stream: open_stream.clone(),
                feed: feed.clone(),
                parents: parents.clone(),
                descriptor: descriptor.clone(),
                columns: columns.clone(),
                state,
                intervals: self.source.intervals,
                rank: *rank,
            }),
            Err(error) => Box::new(Unreadable(error.again())),
        };
        Ok(Begun { reading, stream: open_stream, started: Instant::now(), panics })
    }

    fn end(&self, planned: &Planned<'a, C>, begun: &Begun<'a>) -> Result<bool> {
        let Planned { descriptor, incremental, stream, feed, .. } = planned;
        let output = &self.run.output;
        let (tally, result) = begun.reading.end();
        if let Some(feed) = feed {
            // The read of a parent that is not selected ends like this if its children need no more.
            let error = result.as_ref().err().filter(|error| !error.is_stopped());
            let error = error.map(|error| {
                error.again().context(format!("while reading the parent `{}`", descriptor.name))
            });
            feed.end(error.as_ref());
        }
        let Some(open_stream) = &begun.stream else {
            // The children report the error.
            return Ok(true);
        };
        // A full refresh replaces the destination's data, so ending one early would lose the rest.
        let can_end_early = stream.as_ref().is_ok_and(|(stream, _)| stream.can_end_early())
            // An unordered stream can be resumed only after a checkpoint.
            && open_stream.has_reached_position();
        let may_end_early = self.source.stops_when_exhausted && *incremental && can_end_early;
        if !matches!(&result, Err(error) if error.is_stopped()) {
            open_stream.run()?;
        }
        // Not attributed to a stream: the thread may have been started for any of those that were open.
        let holds = self.run.ledger.holds();
        if let Some(panic) = holds.take_stray_panic() {
            output.error(&panic, None)?;
        }
        let status = match result {
            Ok(()) if holds.panics() > begun.panics => {
                log::info!("{}: stopped after {tally}", descriptor.name);
                AirbyteStreamStatus::Incomplete
            }
            Ok(()) => {
                log::info!("{}: {tally} in {:.1} s", descriptor.name, begun.started.elapsed().as_secs_f64());
                AirbyteStreamStatus::Complete
            }
            Err(error) if error.is_stopped() => return Err(error),
            Err(error) if error.is_exhausted() && may_end_early => {
                log::warn!(
                    "{}: stopped early ({error}) after {tally}; the next sync will resume here",
                    descriptor.name
                );
                AirbyteStreamStatus::Complete
            }
            Err(error) => {
                output.error(&error, Some(descriptor))?;
                log::info!("{}: stopped after {tally}", descriptor.name);
                AirbyteStreamStatus::Incomplete
            }
        };
        open_stream.end(status.clone())?;
        Ok(status == AirbyteStreamStatus::Complete)
    }

    fn exclude_each_other(&self, one: &Planned<'a, C>, other: &Planned<'a, C>) -> bool {
        let names = [one.descriptor.name.as_str(), other.descriptor.name.as_str()];
        let is_in_group = |group: &Vec<&str>| names.iter().all(|name| group.contains(name));
        // A parent may have to wait until its children are read.
        self.source.one_at_a_time.iter().any(is_in_group) && !self.are_related(one, other)
    }

    fn has_children(&self, planned: &Planned<'a, C>) -> bool {
        planned.feed.is_some()
    }

    fn has_parent(&self, planned: &Planned<'a, C>) -> bool {
        planned.parents.is_some()
    }
}

impl<C: Sync> Work<'_, C> {
    /// Returns whether one of the streams is an ancestor of the other.
    fn are_related(&self, one: &Planned<'_, C>, other: &Planned<'_, C>) -> bool {
        let is_ancestor = |of: &Planned<'_, C>, ancestor: &Planned<'_, C>| {
            let ancestors = of.index.and_then(|index| self.source.ancestors(index).ok());
            ancestors.zip(ancestor.index).is_some_and(|(ancestors, index)| ancestors.contains(&index))
        };
        is_ancestor(one, other) || is_ancestor(other, one)
    }
}

/// The read of a stream that cannot be read.
struct Unreadable(Error);

impl Reading for Unreadable {
    fn take(&self) -> Take {
        Take::Nothing
    }

    fn run(&self, _: usize) {}

    fn end(&self) -> (Tally, Result<()>) {
        (Tally::default(), Err(self.0.again()))
    }
}

/// A stream of the configured catalog.
struct Planned<'s, C> {
    descriptor: StreamDescriptor,
    columns: Option<Vec<String>>,
    incremental: bool,
    /// The stream and whether it resumes from a state, or why it cannot be read.
    stream: Result<(&'s dyn AnyStream<C>, bool)>,
    /// Its place in the source; `None` if it cannot be read.
    index: Option<usize>,
    /// Its place in the plan.
    rank: u32,
    /// Whether it is in the catalog; otherwise it is only read for its children.
    is_selected: bool,
    /// Where its records go as parents of other streams.
    feed: Option<Feed>,
    /// Its parents, if it is a stream of children.
    parents: Option<Queue>,
}

/// Finds the source's stream for each stream of the catalog. Those that cannot be read come last, so that their errors do
/// not keep the others from being read.
fn plan<C: Sync>(source: &Source<C>, catalog: ConfiguredAirbyteCatalog) -> Vec<Planned<'_, C>> {
    // Not `Source::catalog`, which fails if a single stream is invalid.
    let offered: Vec<AirbyteStream> = source.streams.iter().map(|stream| stream.describe()).collect();
    // Catalogs may have tens of thousands of streams, so the lookup must not be quadratic.
    let mut indices: HashMap<StreamDescriptor, Vec<usize>> = HashMap::with_capacity(offered.len());
    for (index, stream) in offered.iter().enumerate() {
        indices.entry(stream.descriptor()).or_default().push(index);
    }
    let mut seen = HashSet::with_capacity(catalog.streams.len());
    let mut plan: Vec<Planned<'_, C>> = Vec::with_capacity(catalog.streams.len());
    let mut unreadable = Vec::new();
    for configured in catalog.streams {
        let descriptor = configured.stream.descriptor();
        let is_duplicate = !seen.insert(descriptor.clone());
        let matches = indices.get(&descriptor).map_or(&[][..], Vec::as_slice);
        let stream = match matches.first() {
            _ if is_duplicate => Err(Error::config(format!(
                "the catalog lists the stream `{}` twice",
                shorten(&descriptor.name)
            ))),
            Some(&index) => validate_stream(&offered[index], matches.len() > 1)
                .and_then(|()| source.ancestors(index).map(drop))
                .and_then(|()| resumes(&configured, &offered[index]))
                .map(|resumes| (source.streams[index].as_ref(), resumes)),
            None => Err(Error::config(format!(
                "the catalog lists the stream `{}`, which this source does not have; its streams: {}",
                shorten(&descriptor.name),
                list(offered.iter().map(|stream| stream.name.as_str()))
            ))),
        };
        let columns = matches.first().and_then(|&index| selected_columns(&configured, &offered[index]));
        let incremental = configured.sync_mode == SyncMode::Incremental;
        let group = if stream.is_ok() { &mut plan } else { &mut unreadable };
        let index = stream.as_ref().ok().and(matches.first().copied());
        group.push(Planned {
            descriptor,
            columns,
            incremental,
            stream,
            index,
            rank: 0,
            is_selected: true,
            feed: None,
            parents: None,
        });
    }
    plan.append(&mut unreadable);
    plan
}

/// Puts the parent of each stream before it, and connects them. A parent is added if it is not in the catalog, or if it resumes
/// from a state: then its read has the new records only, and the children of the others are needed, too.
fn with_parents<'s, C: Sync>(
    source: &'s Source<C>,
    planned: Vec<Planned<'s, C>>,
    states: &States,
    slots: &Slots,
) -> Result<Vec<Planned<'s, C>>> {
    let is_whole = |planned: &Planned<'s, C>| {
        let resumes = planned.stream.as_ref().is_ok_and(|(_, resumes)| *resumes);
        !(resumes && states.contains(&planned.descriptor))
    };
    let order: Vec<usize> = planned.iter().filter_map(|planned| planned.index).collect();
    let mut selected: HashMap<usize, Planned<'s, C>> =
        planned.into_iter().filter_map(|planned| Some((planned.index?, planned))).collect();
    let mut plan: Vec<(usize, Planned<'s, C>)> = Vec::with_capacity(order.len());
    // The place in the plan of the read that has all records of a stream.
    let mut whole: HashMap<usize, usize> = HashMap::new();
    for index in order {
        for ancestor in source.ancestors(index)?.into_iter().rev() {
            if let Entry::Vacant(place) = whole.entry(ancestor) {
                place.insert(plan.len());
                let read = match selected.get(&ancestor).is_some_and(&is_whole) {
                    true => selected.remove(&ancestor),
                    false => None,
                };
                plan.push((ancestor, read.unwrap_or_else(|| unselected(source, ancestor))));
            }
        }
        if let Some(planned) = selected.remove(&index) {
            if is_whole(&planned) {
                whole.entry(index).or_insert(plan.len());
            }
            plan.push((index, planned));
        }
    }
    let mut children: Vec<Option<(Vec<Queue>, ToParent)>> = plan.iter().map(|_| None).collect();
    for (index, planned) in &mut plan {
        if let Some((_, to_parent)) = source.streams[*index].parent_type()
            && let Some(place) = source.ancestors(*index)?.first().and_then(|parent| whole.get(parent))
        {
            let queue = Queue::new(slots, None);
            planned.parents = Some(queue.clone());
            children[*place].get_or_insert_with(|| (Vec::new(), to_parent)).0.push(queue);
        }
    }
    let connected = plan.into_iter().zip(children).zip(0..).map(|(((_, mut planned), children), rank)| {
        planned.feed = children.map(|(queues, to_parent)| Feed::new(queues, to_parent));
        planned.rank = rank;
        planned
    });
    Ok(connected.collect())
}

/// Returns a stream that is only read for its children.
fn unselected<C: Sync>(source: &Source<C>, index: usize) -> Planned<'_, C> {
    let stream = source.streams[index].as_ref();
    Planned {
        descriptor: stream.describe().descriptor(),
        columns: None,
        incremental: false,
        stream: Ok((stream, false)),
        index: Some(index),
        rank: 0,
        is_selected: false,
        feed: None,
        parents: None,
    }
}

/// Returns whether the stream resumes from a state when read in the configured mode; an error for an unknown mode.
fn resumes(configured: &ConfiguredAirbyteStream, offered: &AirbyteStream) -> Result<bool> {
    let (mode, name) = (&configured.sync_mode, &offered.name);
    if let SyncMode::Unrecognized(_) = mode {
        return Err(Error::config(format!(
            "unknown sync mode `{mode}` for the stream `{name}`; expected `full_refresh` or `incremental`"
        )));
    }
    let is_supported = offered.supported_sync_modes.contains(mode);
    if !is_supported {
        // Some clients always configure `incremental`, and pass whatever state there is.
        log::warn!("{name}: {mode} is not supported by this stream; running a full refresh");
    }
    Ok(is_supported)
}

/// Returns the columns that the user kept in the configured schema; `None` for all, so that nothing needs to be filtered.
fn selected_columns(configured: &ConfiguredAirbyteStream, offered: &AirbyteStream) -> Option<Vec<String>> {
    let columns = |stream: &AirbyteStream| stream.json_schema.get("properties")?.as_object().cloned();
    let (selected, offered) = (columns(&configured.stream)?, columns(offered)?);
    let kept: Vec<String> = offered.keys().filter(|name| selected.contains_key(*name)).cloned().collect();
    // A schema without any of them is not a selection.
    (kept.len() < offered.len() && !kept.is_empty()).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Lines;
    use crate::{AirbyteSpec, Emitter, airbyte_stream};
    use serde_json::Value;

    #[derive(AirbyteSpec)]
    struct Config {}

    type Anything = HashMap<String, Value>;

    #[airbyte_stream(name = "open")]
    struct Open {
        id: u8,
        #[serde(flatten)]
        more: Anything,
    }

    #[airbyte_stream(name = "valid")]
    struct Valid {
        id: u8,
    }

    #[test]
    fn other_streams_are_read_if_one_is_invalid() {
        let source = Source::<Config>::new("both", "0")
            .full_refresh(|_, out: &mut Emitter<Open>| out.emit(Open { id: 1, more: HashMap::new() }))
            .full_refresh(|_, out: &mut Emitter<Valid>| out.emit(Valid { id: 1 }));
        let configured = |name: &str| json!({"stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh"]}, "sync_mode": "full_refresh", "destination_sync_mode": "append"});
        let catalog: ConfiguredAirbyteCatalog =
            serde_json::from_value(json!({"streams": [configured("open"), configured("valid")]})).unwrap();
        let planned = plan(&source, catalog.clone());
        assert_eq!(planned[0].descriptor.name, "valid");
        assert!(planned[0].stream.is_ok());
        let error = planned[1].stream.as_ref().err().unwrap();
        assert_eq!(
            error.message(),
            "the stream `open` is invalid: a flattened map adds columns that are not in the schema; make it a field"
        );
        let run = RunContext::to(Lines::new(Box::new(std::io::sink())));
        let states = States::default();
        let outcome = read(&source, &Config {}, catalog, states, &run);
        assert!(matches!(outcome, Ok(Outcome::FailedStreams)));
    }

    /// Would take minutes if the lookup were quadratic.
    #[test]
    fn catalogs_with_many_streams_are_planned_quickly() {
        let source = Source::<Config>::new("valid", "0")
            .full_refresh(|_, out: &mut Emitter<Valid>| out.emit(Valid { id: 1 }));
        let configured = |name: &str| json!({"stream": {"name": name, "namespace": "", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}, "sync_mode": "full_refresh", "destination_sync_mode": "append"});
        let names =
            (0..30_000).map(|number| format!("unknown {number}")).chain(["valid".into(), "valid".into()]);
        let streams: Vec<Value> = names.map(|name| configured(&name)).collect();
        let planned = plan(&source, serde_json::from_value(json!({"streams": streams})).unwrap());
        assert!(planned[0].stream.is_ok());
        let error = |place: usize| planned[place].stream.as_ref().err().unwrap().message().to_owned();
        assert_eq!(
            error(30_000),
            "the catalog lists the stream `unknown 29999`, which this source does not have; its streams: `valid`"
        );
        assert_eq!(error(30_001), "the catalog lists the stream `valid` twice");
    }
}
