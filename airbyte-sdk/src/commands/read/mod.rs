//! THE SYNC LOOP: reads the configured streams and reports the result of each.

mod source_streams;
mod parents;
mod plan;
mod workers;

use self::parents::with_parents;
use self::plan::{Planned, Purpose, plan};
use self::workers::{Begun, Streams};
use super::{Outcome, http_for};
use crate::error::{Error, Result};
use crate::feed::{Feed, Slots};
use crate::http::Http;
use crate::input::States;
use crate::json_text::JsonText;
use crate::ledger::{LedgerStream, Tally};
use crate::protocol::{AirbyteStreamStatus, ConfiguredAirbyteCatalog};
use crate::read_context::ReadContext;
use crate::run_context::RunContext;
use crate::source::{Reading, Source, Take};
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
    let mut readable = plan(source, catalog);
    let unreadable = readable.split_off(readable.partition_point(|planned| planned.stream.is_ok()));
    let mut plan = with_parents(source, readable, &states, &slots)?;
    let (readable, all) = (plan.len(), plan.len() + unreadable.len());
    plan.extend(unreadable);
    let work = Work { source, plan, config, http, states: Mutex::new(states), run };
    let all_succeeded =
        workers::read(0..readable, &work, &slots, run)? & workers::read(readable..all, &work, &slots, run)?;
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
    plan: Vec<Planned>,
    config: &'a C,
    http: Http,
    states: Mutex<States>,
    run: &'a RunContext,
}

impl<'a, C: Sync> Streams<'a> for Work<'a, C> {
    fn begin(&self, stream: usize) -> Result<Begun<'a>> {
        let Planned { descriptor, columns, stream, resumes, rank, purpose, feed, parents, .. } =
            &self.plan[stream];
        let own_state = || self.states.lock().unwrap_or_else(PoisonError::into_inner).take(descriptor);
        let state = match purpose {
            Purpose::Selected => own_state().filter(|_| *resumes),
            Purpose::Children { given, .. } => given.clone(),
        };
        let (ledger, panics) = (&self.run.ledger, self.run.ledger.holds().panics());
        let given = || state.clone().unwrap_or_else(JsonText::empty_object);
        let open_stream = match purpose {
            Purpose::Selected => Some(ledger.start(descriptor, given())?),
            Purpose::Children { is_tracked: true, .. } => Some(ledger.track(descriptor, given())),
            Purpose::Children { is_tracked: false, .. } => None,
        };
        let holds = match &open_stream {
            Some(stream) => stream.holds().clone(),
            None => ledger.holds().stream(),
        };
        let reading = match stream {
            Ok(stream) => self.source.streams[*stream].begin(ReadContext {
                config: self.config,
                http: self.http.counted(),
                stream: open_stream.clone(),
                holds: holds.clone(),
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
        Ok(Begun { reading, stream: open_stream, holds, started: Instant::now(), panics })
    }

    fn end(&self, stream: usize, begun: &Begun<'a>) -> Result<bool> {
        let Planned { descriptor, incremental, stream, feed, .. } = &self.plan[stream];
        let output = &self.run.output;
        let (tally, result) = begun.reading.end();
        if let Some(feed) = feed {
            // The read of a parent that is not selected ends like this if its children need no more.
            let error = result.as_ref().err().filter(|error| !error.is_stopped());
            let error = error.map(|error| {
                error.again().context(format!("while reading the parent `{}`", descriptor.name))
            });
            if begun.holds.are_held() {
                feed.may_lack_records();
            }
            let state = begun.stream.as_ref().filter(|_| result.is_ok()).and_then(LedgerStream::state);
            feed.end(error.as_ref().map_or(Ok(state.as_deref()), Err));
        }
        let Some(open_stream) = begun.stream.as_ref().filter(|stream| stream.is_selected()) else {
            if let Some(stream) = &begun.stream {
                stream.end(AirbyteStreamStatus::Complete)?;
            }
            begun.holds.end();
            // The children report the error.
            return Ok(true);
        };
        // A full refresh replaces the destination's data, so ending one early would lose the rest.
        let can_end_early = stream.as_ref().is_ok_and(|stream| self.source.streams[*stream].can_end_early())
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

    fn exclude_each_other(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.plan[one], &self.plan[other]);
        // A parent may have to wait until its children are read.
        let exclude = || {
            self.share_group(one, other)
                || self.descendants_exclude(one, other)
                || self.descendants_exclude(other, one)
        };
        !self.source.one_at_a_time.is_empty() && exclude() && !self.are_related(one, other)
    }

    fn has_children(&self, stream: usize) -> bool {
        self.plan[stream].feed.is_some()
    }

    fn waits_for_children(&self, stream: usize) -> bool {
        self.plan[stream].feed.as_ref().is_some_and(Feed::is_full)
    }

    fn has_parent(&self, stream: usize) -> bool {
        self.plan[stream].parents.is_some()
    }
}

impl<C: Sync> Work<'_, C> {
    /// Returns whether a group contains both streams.
    fn share_group(&self, one: &Planned, other: &Planned) -> bool {
        let names = [one.descriptor.name.as_str(), other.descriptor.name.as_str()];
        self.source.one_at_a_time.iter().any(|group| names.iter().all(|name| group.contains(name)))
    }

    /// Returns whether a group contains a descendant of one stream, and the other. With several groups, two parents could
    /// otherwise wait forever, each for children that the other one excludes.
    fn descendants_exclude(&self, one: &Planned, other: &Planned) -> bool {
        one.feed.is_some()
            && self.source.one_at_a_time.len() > 1
            && self.plan.iter().any(|stream| self.share_group(stream, other) && self.is_ancestor(one, stream))
    }

    /// Returns whether one of the streams is an ancestor of the other.
    fn are_related(&self, one: &Planned, other: &Planned) -> bool {
        self.is_ancestor(one, other) || self.is_ancestor(other, one)
    }

    fn is_ancestor(&self, ancestor: &Planned, of: &Planned) -> bool {
        let ancestors = of.index().and_then(|index| self.source.ancestors(index).ok());
        ancestors.zip(ancestor.index()).is_some_and(|(ancestors, index)| ancestors.contains(&index))
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
