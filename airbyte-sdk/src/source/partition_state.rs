//! Reads the state of a partitioned stream: the position of each partition, and which partition is next.

use super::any::{OwnFormat, invalid_state, read_own_format, unknown_format, unsupported};
use super::python_state::{self, PartitionPositions};
use crate::cursor;
use crate::error::{Error, Result};
use crate::json_text::{Fields, JsonText};
use crate::ledger::{GIVEN, NEXT, PARENT, PARTITIONS, PartitionPositions as Positions};
use crate::problems::list;
use crate::stream::{Stream, StreamInfo};
use crate::text_map::TextMap;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fmt::Display;

/// The platform passes the state of a full refresh only to resume one that was interrupted.
pub(super) const FINISHED: &str = "nothing is read, because the given state is that of a finished full refresh; read without a state to start over";

/// Logs what a read of these partitions starts with. `first` is the one that it resumes with.
pub(super) fn log_start(
    stream: &str,
    names: &[&str],
    positions: &Positions,
    incremental: bool,
    first: Option<&str>,
) {
    warn_of_renamed_partitions(stream, positions, names);
    let known = names.iter().filter(|name| positions.contains(name)).count();
    let known_as = if incremental { "resumed" } else { "finished before" };
    match names {
        [name] if known == 0 => log::info!("{stream}: reading `{name}` from the beginning"),
        [name] => log::info!("{stream}: reading `{name}` ({known_as})"),
        names => {
            let start = first.map_or_else(String::new, |name| format!(", starting with `{name}`"));
            log::info!("{stream}: reading {} partitions{start} ({known} {known_as})", names.len());
        }
    }
    if !incremental && !names.is_empty() && known == names.len() {
        log::warn!("{stream}: {FINISHED}");
    }
}

/// Warns if partitions of the state seem to be listed under other names now, since those are read from the beginning. `names`
/// are sorted.
fn warn_of_renamed_partitions(stream: &str, positions: &Positions, names: &[&str]) {
    let unlisted =
        || positions.iter().map(|(name, _)| name).filter(|name| names.binary_search(name).is_err());
    if names.is_empty() || unlisted().next().is_none() {
        return;
    }
    let plain = |name: &str| name.split_whitespace().collect::<String>().to_lowercase();
    let new = names.iter().filter(|name| !positions.contains(name));
    let new: HashMap<String, &str> = new.map(|name| (plain(name), *name)).collect();
    let similar = unlisted().filter_map(|old| Some((*new.get(&plain(old))?, old)));
    let similar: Vec<String> =
        similar.map(|(new, old)| format!("{} (in the state: {})", list([new]), list([old]))).collect();
    if !similar.is_empty() {
        let (first, more) =
            (similar.iter().take(10).cloned().collect::<Vec<_>>().join(", "), similar.len() > 10);
        let more = if more { ", …" } else { "" };
        log::warn!(
            "{stream}: reading from the beginning because the state spells the name differently: {first}{more}"
        );
    } else if unlisted().count() == positions.len() {
        log::warn!(
            "{stream}: reading all partitions from the beginning because the state has none of them; it has {}",
            list(unlisted())
        );
    }
}

/// The former key of `partitions`, which is still read.
const FORMER_KEY: &str = "parts";

/// The state that a read in partitions resumes from.
pub(super) struct Given {
    /// The state as it is sent until the partitions are known.
    pub(super) json: JsonText,
    /// Its fields without the positions, which are not copied.
    fields: Fields,
    /// Whether the positions are an object; `None` if there are none.
    has_positions: Option<bool>,
}

impl Given {
    /// Reads the state of this stream. Moves the positions from the former key to the current one.
    pub(super) fn new(info: &StreamInfo, state: Option<JsonText>) -> Self {
        let mut json = state.unwrap_or_else(JsonText::empty_object);
        let mut fields = json.fields().unwrap_or_default();
        let is_cursor = info.state_key().is_some_and(|field| field == FORMER_KEY);
        let has_none =
            fields.get(PARTITIONS).is_none_or(|positions| matches!(positions.get(), "null" | "{}"));
        if !is_cursor
            && has_none
            && let Some(positions) = fields.remove(FORMER_KEY)
        {
            fields.insert(PARTITIONS, positions);
            json = fields.to_json();
        }
        let positions = fields.remove(PARTITIONS).filter(|positions| !positions.is_null());
        Self { json, fields, has_positions: positions.map(|positions| positions.is_object()) }
    }

    /// Returns whether it has the SDK's own format for partitions.
    pub(super) fn is_own_format(&self) -> bool {
        self.has_positions.is_some()
    }

    /// Returns whether the state of the parent stream is certainly none: in another format, the key may be that of a cursor.
    pub(super) fn parent_is_invalid(&self) -> bool {
        let parent = self.fields.get(PARENT).filter(|_| self.is_own_format());
        parent.is_some_and(|parent| !parent.is_object() && !parent.is_null())
    }

    /// Returns the partition to start with, if the last read did not get through all partitions.
    pub(super) fn next(&self, info: &StreamInfo) -> Result<Option<String>> {
        match self.fields.get(NEXT).filter(|next| self.has_positions.is_some() && !next.is_null()) {
            None => Ok(None),
            Some(next) => match next.to_value() {
                Value::String(name) => Ok(Some(name)),
                _ => Err(invalid_state(info, format_args!("`{NEXT}` is not the name of a partition"))),
            },
        }
    }

    /// Returns the positions in the SDK's own format, if the state has it.
    fn own_positions(&self, info: &StreamInfo) -> Result<Option<Positions>> {
        // The map has a few bytes more for each entry than the text.
        let length = self.json.get().len();
        let mut positions = Positions::with_capacity(length + length / 4);
        let mut invalid = None;
        match self.has_positions {
            None => return Ok(None),
            Some(false) => return Err(invalid_state(info, format_args!("`{PARTITIONS}` is not an object"))),
            Some(true) => self.json.for_each_field_of(PARTITIONS, |name, position| {
                if position.starts_with('{') {
                    positions.set(&name, &position);
                } else {
                    invalid.get_or_insert(name);
                }
            }),
        };
        match invalid {
            Some(name) => Err(invalid_state(info, format_args!("`{PARTITIONS}.{name}` is not an object"))),
            None => Ok(Some(positions)),
        }
    }
}

/// Returns the state of the parent stream with this name in the state of its children. The Python CDK has it under another key.
pub(crate) fn parent_state(state: &JsonText, parent: &str) -> Option<Value> {
    let fields = state.fields()?;
    fields.get(PARENT).or_else(|| fields.get("parent_state"))?.to_map()?.remove(parent)
}

/// Sorts the partitions by name and rotates them to start with `next`, or with the one after it if it is no longer listed.
/// Sorted, because the API may list them in another order each time, and one that is always last might never be read.
pub(super) fn rotate_to<P>(next: &str, partitions: &mut [(String, P)]) {
    partitions.sort_by(|(one, _), (other, _)| one.cmp(other));
    let start = partitions.partition_point(|(name, _)| name.as_str() < next);
    partitions.rotate_left(start % partitions.len().max(1));
}

/// What a state says before the partitions are known.
pub(super) struct Resolved {
    /// The positions that it names.
    pub(super) positions: Positions,
    pub(super) others: Others,
    /// The state that they are from, until all partitions have been read.
    pub(super) given: Option<JsonText>,
    /// The names in a state of the Python CDK. One of them must be that of a partition: otherwise they are probably in another
    /// form, and the read would silently start from the beginning.
    pub(super) named: Option<Named>,
}

/// Where partitions start that have no position in the state.
#[derive(Default)]
pub(super) enum Others {
    /// At their beginning.
    #[default]
    Beginning,
    /// At this position.
    At(String),
    /// Where `older_state` says, for this state.
    Older(Value),
}

impl Others {
    /// Returns the position of the partition with this name, if it does not start at its beginning.
    pub(super) fn position_of<T: Stream>(&self, info: &StreamInfo, name: &str) -> Result<Option<String>> {
        match self {
            Self::Beginning => Ok(None),
            Self::At(position) => Ok(Some(position.clone())),
            Self::Older(state) => match (T::older_state(state, Some(name))?, info.state_key()) {
                (Some(cursor), Some(field)) => cursor::to_state(field, &cursor).map(Some),
                _ => Ok(None),
            },
        }
    }
}

/// The names of the partitions in a state of the Python CDK.
pub(super) struct Named {
    names: TextMap,
    /// The first of them, for an error.
    listed: String,
}

impl Named {
    pub(super) fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Returns the error if it contains none of the partitions, of which one is given.
    pub(super) fn none_is_listed(&self, info: &StreamInfo, example: &str) -> Error {
        let example = list([example]);
        let why = format!(
            "`states` has none of the listed partitions: it has {}, and the list has {example}",
            self.listed
        );
        unsupported(info, &why)
    }
}

/// Returns the positions in a state; in a full refresh, an empty one for each finished partition.
pub(super) fn resolve<T: Stream>(info: &StreamInfo, state: &Given, incremental: bool) -> Result<Resolved> {
    let resolved = |positions, others, given| Resolved { positions, others, given, named: None };
    if let Some(positions) = state.own_positions(info)? {
        let given = state.fields.get(GIVEN).filter(|given| incremental && given.is_object());
        let Some(given) = given else { return Ok(resolved(positions, Others::Beginning, None)) };
        // The migration of a state in another format is not complete yet.
        let Resolved { others, .. } = resolve_other::<T>(info, given, incremental)?;
        return Ok(resolved(positions, others, Some(given.clone())));
    }
    resolve_other::<T>(info, &state.json, incremental)
}

/// Does the same with a state in another format than that of a stream in partitions.
fn resolve_other<T: Stream>(info: &StreamInfo, json: &JsonText, incremental: bool) -> Result<Resolved> {
    let resolved = |positions, others, named| {
        let given = (!matches!(others, Others::Beginning)).then(|| json.clone());
        Ok(Resolved { positions, others, given, named })
    };
    let none = || resolved(Positions::new(), Others::Beginning, None);
    let state = json.to_map().unwrap_or_default();
    let Some(field) = info.state_key().filter(|_| incremental) else {
        // A full refresh reads all partitions. The CDK's states do not say which ones an interrupted refresh has finished.
        let empty = state.values().all(Value::is_null) || python_state::has_partitions(&state);
        return if empty {
            none()
        } else {
            Err(invalid_state(info, format_args!("`{PARTITIONS}` is missing")))
        };
    };
    let to_position = |cursor: T::Cursor| -> Result<String> { cursor::to_state(field.clone(), &cursor) };
    match read_own_format::<T>(&state, &field) {
        OwnFormat::Empty => return none(),
        OwnFormat::Cursor(cursor) => {
            log::info!(
                "{}: the state is from before the stream was partitioned; applying it to every partition",
                info.name
            );
            return resolved(Positions::new(), Others::At(to_position(cursor)?), None);
        }
        OwnFormat::Unknown => {}
    }
    match python_state::partition_positions(&state, &field, info.partition_key) {
        Ok(Some(PartitionPositions::All(position))) => {
            log::info!(
                "{}: the state of the Python CDK has one position for all partitions, including new ones",
                info.name
            );
            let others =
                position.map_or(Ok(Others::Beginning), |position| to_position(position).map(Others::At));
            resolved(Positions::new(), others?, None)
        }
        Ok(Some(PartitionPositions::Each(each))) => {
            log::info!("{}: the state of the Python CDK has {} partitions", info.name, each.len());
            let listed = list(each.keys().map(String::as_str));
            let (mut positions, mut names) = (Positions::new(), TextMap::new());
            for (name, position) in each {
                names.set(&name, "");
                if let Some(position) = position {
                    positions.set(&name, &to_position(position)?);
                }
            }
            let named = (!listed.is_empty()).then_some(Named { names, listed });
            resolved(positions, Others::Beginning, named)
        }
        Ok(None) | Err(_) => resolved(Positions::new(), Others::Older(Value::Object(state)), None),
    }
}

/// Returns the error for a state of which `older_state` knows no partition.
pub(super) fn no_position<T: Stream>(info: &StreamInfo, state: &Value) -> Error {
    let none = Map::new();
    let (state, field) = (state.as_object().unwrap_or(&none), info.state_key().unwrap_or_default());
    match python_state::partition_positions::<T::Cursor>(state, &field, info.partition_key) {
        Err(why) => unsupported(info, &why),
        Ok(_) => unknown_format(info, state, &field),
    }
}

/// Returns the position of each listed partition. The cursor value of a stream that was not partitioned before applies to
/// every partition.
pub(super) fn positions<T: Stream>(
    info: &StreamInfo,
    state: &Given,
    partitions: &[(String, impl Display)],
    incremental: bool,
) -> Result<Positions> {
    let Resolved { mut positions, mut others, named, .. } = resolve::<T>(info, state, incremental)?;
    let mut unlisted = None;
    if let (Some(named), Some((example, _))) = (&named, partitions.first())
        && !partitions.iter().any(|(name, _)| named.contains(name))
    {
        unlisted = Some(named.none_is_listed(info, example));
        positions = Positions::new();
        others = Others::Older(state.json.to_map().unwrap_or_default().into());
    }
    let mut migrated = 0;
    for (name, _) in partitions {
        if !positions.contains(name)
            && let Some(position) = others.position_of::<T>(info, name)?
        {
            positions.set(name, &position);
            migrated += 1;
        }
    }
    if let Others::Older(older) = &others {
        if positions.is_empty() {
            return Err(unlisted.unwrap_or_else(|| no_position::<T>(info, older)));
        }
        log::info!("{}: migrated the state of {migrated} partitions from an older format", info.name);
    }
    Ok(positions)
}
