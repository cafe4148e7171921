//! The streams of the configured catalog, and how they are read.

use super::source_streams::SourceStreams;
use crate::error::{Error, Result};
use crate::feed::{Feed, Queue};
use crate::input::States;
use crate::json_text::JsonText;
use crate::problems::{list, shorten};
use crate::protocol::{
    AirbyteStream, ConfiguredAirbyteCatalog, ConfiguredAirbyteStream, StreamDescriptor, SyncMode,
};
use crate::source::validate_stream;
use std::collections::{HashMap, HashSet};

/// A stream of the configured catalog.
pub(super) struct Planned {
    pub(super) descriptor: StreamDescriptor,
    pub(super) columns: Option<Vec<String>>,
    pub(super) incremental: bool,
    /// The place of the stream in the source, or why it cannot be read.
    pub(super) stream: Result<usize>,
    /// Whether it resumes from a state.
    pub(super) resumes: bool,
    /// Its place in the plan.
    pub(super) rank: u32,
    pub(super) purpose: Purpose,
    /// Where its records go as parents of other streams.
    pub(super) feed: Option<Feed>,
    /// Its parents, if it is a stream of children.
    pub(super) parents: Option<Queue>,
}

impl Planned {
    /// Returns the state that the read of a selected stream resumes from.
    pub(super) fn given<'s>(&self, states: &'s States) -> Option<&'s JsonText> {
        states.get(&self.descriptor).filter(|_| self.resumes)
    }

    /// Returns the place of the stream in the source.
    pub(super) fn index(&self) -> Option<usize> {
        self.stream.as_ref().ok().copied()
    }
}

/// Why a stream is read.
pub(super) enum Purpose {
    /// It is in the catalog.
    Selected,
    /// Only for its children.
    Children {
        /// The state that the read resumes from; `None` for all records.
        given: Option<JsonText>,
        /// Whether its position is tracked, because the state of its children contains it.
        is_tracked: bool,
    },
}

/// Finds the source's stream for each stream of the catalog. Those that cannot be read come last, so that their errors do
/// not keep the others from being read.
pub(super) fn plan(source: &dyn SourceStreams, catalog: ConfiguredAirbyteCatalog) -> Vec<Planned> {
    // Not `Source::catalog`, which fails if a single stream is invalid.
    let offered = source.describe();
    // Catalogs may have tens of thousands of streams, so the lookup must not be quadratic.
    let mut indices: HashMap<StreamDescriptor, Vec<usize>> = HashMap::with_capacity(offered.len());
    for (index, stream) in offered.iter().enumerate() {
        indices.entry(stream.descriptor()).or_default().push(index);
    }
    let mut seen = HashSet::with_capacity(catalog.streams.len());
    let mut plan: Vec<Planned> = Vec::with_capacity(catalog.streams.len());
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
                .map(|resumes| (index, resumes)),
            None => Err(Error::config(format!(
                "the catalog lists the stream `{}`, which this source does not have; its streams: {}",
                shorten(&descriptor.name),
                list(offered.iter().map(|stream| stream.name.as_str()))
            ))),
        };
        let columns = matches.first().and_then(|&index| selected_columns(&configured, &offered[index]));
        let incremental = configured.sync_mode == SyncMode::Incremental;
        let group = if stream.is_ok() { &mut plan } else { &mut unreadable };
        let resumes = stream.as_ref().is_ok_and(|(_, resumes)| *resumes);
        group.push(Planned {
            descriptor,
            columns,
            incremental,
            stream: stream.map(|(index, _)| index),
            resumes,
            rank: 0,
            purpose: Purpose::Selected,
            feed: None,
            parents: None,
        });
    }
    plan.append(&mut unreadable);
    plan
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
    use crate::input::States;
    use crate::output::Lines;
    use crate::run_context::RunContext;
    use crate::source::Source;
    use crate::{AirbyteSpec, Emitter, airbyte_stream};
    use serde_json::{Value, json};

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
