//! Which streams are read, in which order, and which of them feed others.

use crate::error::{Error, Result};
use crate::feed::{Feed, Queue, Slots, ToParent};
use crate::input::States;
use crate::problems::{list, shorten};
use crate::protocol::{
    AirbyteStream, ConfiguredAirbyteCatalog, ConfiguredAirbyteStream, StreamDescriptor, SyncMode,
};
use crate::source::{AnyStream, Source, validate_stream};
use std::collections::HashSet;
use std::collections::hash_map::{Entry, HashMap};

/// A stream of the configured catalog.
pub(super) struct Planned<'s, C> {
    pub(super) descriptor: StreamDescriptor,
    pub(super) columns: Option<Vec<String>>,
    pub(super) incremental: bool,
    /// The stream and whether it resumes from a state, or why it cannot be read.
    pub(super) stream: Result<(&'s dyn AnyStream<C>, bool)>,
    /// Its place in the source; `None` if it cannot be read.
    pub(super) index: Option<usize>,
    /// Its place in the plan.
    pub(super) rank: u32,
    /// Whether it is in the catalog; otherwise it is only read for its children.
    pub(super) is_selected: bool,
    /// Where its records go as parents of other streams.
    pub(super) feed: Option<Feed>,
    /// Its parents, if it is a stream of children.
    pub(super) parents: Option<Queue>,
}

/// Finds the source's stream for each stream of the catalog. Those that cannot be read come last, so that their errors do
/// not keep the others from being read.
pub(super) fn plan<C: Sync>(source: &Source<C>, catalog: ConfiguredAirbyteCatalog) -> Vec<Planned<'_, C>> {
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
pub(super) fn with_parents<'s, C: Sync>(
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
    use crate::commands::{self, Outcome};
    use crate::output::Lines;
    use crate::run_context::RunContext;
    use crate::{AirbyteSpec, Emitter, airbyte_stream};
    use serde_json::Value;
    use serde_json::json;

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
        let outcome = commands::read(&source, &Config {}, catalog, states, &run);
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
