//! THE SYNC LOOP: stream after stream, records and states in between, and what becomes of each.

use super::{Done, http_for};
use crate::error::{Error, Result};
use crate::input::States;
use crate::ledger::Tally;
use crate::problems::{list, shorten};
use crate::protocol::{
    AirbyteStream, AirbyteStreamStatus, ConfiguredAirbyteCatalog, ConfiguredAirbyteStream, StreamDescriptor,
    SyncMode,
};
use crate::read_context::ReadContext;
use crate::run_context::RunContext;
use crate::source::{AnyStream, Source, can_be_offered};
use serde_json::{Map, json};
use std::collections::{HashMap, HashSet};
use std::time::Instant;

/// Reads every configured stream. A stream that fails does not stop the others, but the run has failed.
pub(crate) fn read<C>(
    source: &Source<C>,
    config: &C,
    catalog: ConfiguredAirbyteCatalog,
    mut states: States,
    run: &RunContext,
) -> Result<Done> {
    if catalog.streams.is_empty() {
        return Err(Error::config("the catalog has no streams; choose at least one to read"));
    }
    let http = http_for(source, config, run);
    let output = &run.output;
    let plan = plan(source, catalog);
    let mut failed = false;
    for Planned { descriptor, columns, incremental, stream } in plan {
        let resumes = stream.as_ref().is_ok_and(|(_, resumes)| *resumes);
        let state = states.take(&descriptor).filter(|_| resumes);
        let none = Map::new();
        let entry = run.ledger.start(&descriptor, json!(state.as_ref().unwrap_or(&none)).to_string())?;
        let http = http.counted();
        let started = Instant::now();
        // A full refresh replaces what was there: one that ends early would lose the rest.
        let checkpoints = stream.as_ref().is_ok_and(|(stream, _)| stream.checkpoints());
        let may_end_early = source.stops_when_exhausted && incremental && checkpoints;
        let (tally, result) = match stream {
            Ok((stream, _)) => stream.read(ReadContext {
                config,
                http: &http,
                stream: Some(entry.clone()),
                descriptor: descriptor.clone(),
                columns,
                state,
                pace: source.pace,
            }),
            Err(error) => (Tally::default(), Err(error)),
        };
        if !matches!(&result, Err(error) if error.is_stopped()) {
            entry.run()?;
        }
        let stray_panic = run.ledger.holds().take_stray_panic();
        if let Some(panic) = &stray_panic {
            failed = true;
            // Of no stream: the thread may have been started for an earlier one.
            output.error(panic, None)?;
        }
        let status = match result {
            Ok(()) if stray_panic.is_some() => {
                log::info!("{}: stopped after {tally}", descriptor.name);
                AirbyteStreamStatus::Incomplete
            }
            Ok(()) => {
                log::info!("{}: {tally} in {:.1} s", descriptor.name, started.elapsed().as_secs_f64());
                AirbyteStreamStatus::Complete
            }
            Err(error) if error.is_stopped() => return Err(error),
            Err(error) if error.is_exhausted() && may_end_early => {
                log::warn!(
                    "{}: {error}; stopped after {tally}, and the next sync goes on from there",
                    descriptor.name
                );
                AirbyteStreamStatus::Complete
            }
            Err(error) => {
                failed = true;
                output.error(&error, Some(&descriptor))?;
                log::info!("{}: stopped after {tally}", descriptor.name);
                AirbyteStreamStatus::Incomplete
            }
        };
        entry.end(status)?;
    }
    Ok(if failed { Done::WithFailedStreams } else { Done::Well })
}

/// An entry of the configured catalog.
struct Planned<'s, C> {
    descriptor: StreamDescriptor,
    columns: Option<Vec<String>>,
    incremental: bool,
    /// The stream, and whether it takes up a state.
    stream: Result<(&'s dyn AnyStream<C>, bool)>,
}

/// Finds the stream for each entry of the catalog. Those that cannot be read come last: the trouble with the catalog
/// must not keep the others from being read.
fn plan<C>(source: &Source<C>, catalog: ConfiguredAirbyteCatalog) -> Vec<Planned<'_, C>> {
    // Not `Source::catalog`, which has no answer if one stream cannot be offered.
    let offered: Vec<AirbyteStream> = source.streams.iter().map(|stream| stream.describe()).collect();
    // A catalog may have tens of thousands of entries, so no entry is held against all others.
    let mut places: HashMap<StreamDescriptor, Vec<usize>> = HashMap::with_capacity(offered.len());
    for (place, stream) in offered.iter().enumerate() {
        places.entry(stream.descriptor()).or_default().push(place);
    }
    let mut seen = HashSet::with_capacity(catalog.streams.len());
    let mut plan: Vec<Planned<'_, C>> = Vec::with_capacity(catalog.streams.len());
    let mut unreadable = Vec::new();
    for configured in catalog.streams {
        let descriptor = configured.stream.descriptor();
        let twice = !seen.insert(descriptor.clone());
        let described = places.get(&descriptor).map_or(&[][..], Vec::as_slice);
        let stream = match described.first() {
            _ if twice => Err(Error::config(format!(
                "the catalog has the stream `{}` twice",
                shorten(&descriptor.name)
            ))),
            Some(&place) => can_be_offered(&offered[place], described.len() > 1)
                .and_then(|()| takes_state(&configured, &offered[place]))
                .map(|takes| (source.streams[place].as_ref(), takes)),
            None => Err(Error::config(format!(
                "the catalog has a stream `{}` that this source does not have; it has {}",
                shorten(&descriptor.name),
                list(offered.iter().map(|stream| stream.name.as_str()))
            ))),
        };
        let columns = described.first().and_then(|&place| chosen(&configured, &offered[place]));
        let incremental = configured.sync_mode == SyncMode::Incremental;
        let group = if stream.is_ok() { &mut plan } else { &mut unreadable };
        group.push(Planned { descriptor, columns, incremental, stream });
    }
    plan.append(&mut unreadable);
    plan
}

/// Whether the stream, read as it is asked for, takes up a state; an error if it cannot be read so.
fn takes_state(configured: &ConfiguredAirbyteStream, offered: &AirbyteStream) -> Result<bool> {
    let (mode, name) = (&configured.sync_mode, &offered.name);
    if let SyncMode::Unrecognized(_) = mode {
        return Err(Error::config(format!("the stream `{name}` cannot be read in the sync mode `{mode}`")));
    }
    let is_offered = offered.supported_sync_modes.contains(mode);
    if !is_offered {
        // Some clients ask for `incremental` whatever a stream offers, and hand back whatever state there is.
        log::warn!("{name}: {mode} is not offered; reading everything");
    }
    Ok(is_offered)
}

/// The columns that the user has left in the configured schema; `None` if all, so that nothing need be taken out.
fn chosen(configured: &ConfiguredAirbyteStream, offered: &AirbyteStream) -> Option<Vec<String>> {
    let columns = |stream: &AirbyteStream| stream.json_schema.get("properties")?.as_object().cloned();
    let (chosen, offered) = (columns(&configured.stream)?, columns(offered)?);
    let kept: Vec<String> = offered.keys().filter(|name| chosen.contains_key(*name)).cloned().collect();
    // A schema that names none of them was not made by choosing.
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

    #[airbyte_stream(name = "well")]
    struct Well {
        id: u8,
    }

    #[test]
    fn a_stream_that_cannot_be_offered_does_not_keep_the_others_from_being_read() {
        let source = Source::<Config>::new("both", "0")
            .full_refresh(|_, out: &mut Emitter<Open>| out.emit(Open { id: 1, more: HashMap::new() }))
            .full_refresh(|_, out: &mut Emitter<Well>| out.emit(Well { id: 1 }));
        let configured = |name: &str| json!({"stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh"]}, "sync_mode": "full_refresh", "destination_sync_mode": "append"});
        let catalog: ConfiguredAirbyteCatalog =
            serde_json::from_value(json!({"streams": [configured("open"), configured("well")]})).unwrap();
        let planned = plan(&source, catalog.clone());
        assert_eq!(planned[0].descriptor.name, "well");
        assert!(planned[0].stream.is_ok());
        let error = planned[1].stream.as_ref().err().unwrap();
        assert_eq!(
            error.message(),
            "the stream `open` cannot be offered: the record has columns that are not in the schema: a map is flattened"
        );
        let run = RunContext::to(Lines::new(Box::new(std::io::sink())));
        let states = States::default();
        let done = read(&source, &Config {}, catalog, states, &run);
        assert!(matches!(done, Ok(Done::WithFailedStreams)));
    }

    /// Would take minutes if each entry was held against all others.
    #[test]
    fn a_catalog_may_have_many_entries() {
        let source = Source::<Config>::new("well", "0")
            .full_refresh(|_, out: &mut Emitter<Well>| out.emit(Well { id: 1 }));
        let configured = |name: &str| json!({"stream": {"name": name, "namespace": "", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}, "sync_mode": "full_refresh", "destination_sync_mode": "append"});
        let names =
            (0..30_000).map(|number| format!("unknown {number}")).chain(["well".into(), "well".into()]);
        let streams: Vec<Value> = names.map(|name| configured(&name)).collect();
        let planned = plan(&source, serde_json::from_value(json!({"streams": streams})).unwrap());
        assert!(planned[0].stream.is_ok());
        let error = |place: usize| planned[place].stream.as_ref().err().unwrap().message().to_owned();
        assert_eq!(
            error(30_000),
            "the catalog has a stream `unknown 29999` that this source does not have; it has `well`"
        );
        assert_eq!(error(30_001), "the catalog has the stream `well` twice");
    }
}
