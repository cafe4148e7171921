//! Reads the state of a partitioned stream: the position of each partition, and which partition is next.

use super::any::{OwnFormat, invalid_state, read_own_format, unknown_format, unsupported};
use super::python_state::{self, PartitionPositions};
use crate::cursor;
use crate::error::Result;
use crate::ledger::{NEXT, PARENT, PARTITIONS, PartitionPositions as Positions};
use crate::problems::list;
use crate::stream::{Stream, StreamInfo};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use std::fmt::Display;

/// Warns if partitions of the state seem to be listed under other names now, since those are read from the beginning.
pub(super) fn warn_of_renamed_partitions(stream: &str, positions: &Positions, names: &HashSet<&str>) {
    let unlisted = || positions.keys().map(|name| &**name).filter(|name| !names.contains(name));
    if names.is_empty() || unlisted().next().is_none() {
        return;
    }
    let plain = |name: &str| name.split_whitespace().collect::<String>().to_lowercase();
    let new = names.iter().filter(|name| !positions.contains_key(**name));
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

/// Moves the positions from the former key to the current one.
pub(super) fn with_current_key(info: &StreamInfo, mut state: Map<String, Value>) -> Map<String, Value> {
    let is_cursor = info.state_key().is_some_and(|field| field == FORMER_KEY);
    let has_none = match state.get(PARTITIONS) {
        None | Some(Value::Null) => true,
        Some(positions) => positions.as_object().is_some_and(Map::is_empty),
    };
    if !is_cursor
        && has_none
        && let Some(positions) = state.remove(FORMER_KEY)
    {
        state.insert(PARTITIONS.to_owned(), positions);
    }
    state
}

/// Returns the partition to start with, if the last read did not get through all partitions.
pub(super) fn next_partition(
    info: &StreamInfo,
    state: Option<&Map<String, Value>>,
) -> Result<Option<String>> {
    match state.filter(|state| state.contains_key(PARTITIONS)).and_then(|state| state.get(NEXT)) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) => Ok(Some(name.clone())),
        Some(_) => Err(invalid_state(info, format_args!("`{NEXT}` is not the name of a partition"))),
    }
}

/// Returns the state of the parent stream with this name in the state of its children. The Python CDK has it under another key.
pub(crate) fn parent_state<'s>(state: &'s Map<String, Value>, parent: &str) -> Option<&'s Value> {
    state.get(PARENT).or_else(|| state.get("parent_state"))?.get(parent)
}

/// Sorts the partitions by name and rotates them to start with `next`, or with the one after it if it is no longer listed.
/// Sorted, because the API may list them in another order each time, and one that is always last might never be read.
pub(super) fn rotate_to<P>(next: &str, partitions: &mut [(String, P)]) {
    partitions.sort_by(|(one, _), (other, _)| one.cmp(other));
    let start = partitions.partition_point(|(name, _)| name.as_str() < next);
    partitions.rotate_left(start % partitions.len().max(1));
}

/// Returns the positions as JSON strings. Inserted one by one, because `collect` would add the code of a sort to the binary.
fn to_json(positions: Map<String, Value>) -> Positions {
    let mut json = Positions::new();
    for (name, state) in positions {
        json.insert(name.into(), state.to_string().into());
    }
    json
}

/// Returns the position of each partition; in a full refresh, an empty one for each finished partition. The cursor value of
/// a stream that was not partitioned before applies to every partition.
pub(super) fn positions<T: Stream>(
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
                    Err(invalid_state(info, format_args!("`{PARTITIONS}.{name}` is not an object")))
                }
                None => Ok(to_json(std::mem::take(positions))),
            };
        }
        None | Some(Value::Null) => {}
        Some(_) => return Err(invalid_state(info, format_args!("`{PARTITIONS}` is not an object"))),
    }
    let Some(field) = info.state_key().filter(|_| incremental) else {
        // A full refresh reads all partitions. The CDK's states do not say which ones an interrupted refresh has finished.
        let empty = state.values().all(Value::is_null) || python_state::has_partitions(&state);
        return if empty {
            Ok(Positions::new())
        } else {
            Err(invalid_state(info, format_args!("`{PARTITIONS}` is missing")))
        };
    };
    let to_position =
        |cursor: T::Cursor| -> Result<Box<str>> { Ok(cursor::to_state(field.clone(), &cursor)?.into()) };
    // Inserted one by one, because `collect` would add the code of a sort to the binary.
    let for_all = |cursor: T::Cursor| -> Result<Positions> {
        let position = to_position(cursor)?;
        let mut positions = Positions::new();
        for (name, _) in partitions {
            positions.insert(name.as_str().into(), position.clone());
        }
        Ok(positions)
    };
    match read_own_format::<T>(&state, &field) {
        OwnFormat::Empty => return Ok(Positions::new()),
        OwnFormat::Cursor(cursor) => {
            log::info!(
                "{}: the state is from before the stream was partitioned; applying it to every partition",
                info.name
            );
            return for_all(cursor);
        }
        OwnFormat::Unknown => {}
    }
    let python = python_state::partition_positions(&state, &field, info.partition_key)
        .and_then(|positions| none_are_unlisted(positions, partitions));
    match python {
        Ok(Some(PartitionPositions::All(position))) => {
            log::info!(
                "{}: the state of the Python CDK has one position for all partitions, including new ones",
                info.name
            );
            return position.map_or_else(|| Ok(Positions::new()), for_all);
        }
        Ok(Some(PartitionPositions::Each(each))) => {
            log::info!("{}: the state of the Python CDK has {} partitions", info.name, each.len());
            let mut positions = Positions::new();
            for (name, position) in each {
                if let Some(position) = position {
                    positions.insert(name.into(), to_position(position)?);
                }
            }
            return Ok(positions);
        }
        Ok(None) | Err(_) => {}
    }
    // The position that another connector wrote for one partition must not be applied to the others.
    let mut positions = Positions::new();
    let older = Value::Object(state);
    for (name, _) in partitions {
        if let Some(cursor) = T::older_state(&older, Some(name))? {
            positions.insert(name.as_str().into(), to_position(cursor)?);
        }
    }
    if positions.is_empty() {
        let none = Map::new();
        return Err(match python {
            Err(why) => unsupported(info, &why),
            Ok(_) => unknown_format(info, older.as_object().unwrap_or(&none), &field),
        });
    }
    log::info!("{}: migrated the state of {} partitions from an older format", info.name, positions.len());
    Ok(positions)
}

/// Rejects positions of which no partition is listed: their names are probably in another form, and the read would silently
/// start from the beginning.
fn none_are_unlisted<C>(
    positions: Option<PartitionPositions<C>>,
    partitions: &[(String, impl Display)],
) -> std::result::Result<Option<PartitionPositions<C>>, String> {
    if let Some(PartitionPositions::Each(each)) = &positions
        && let (Some((example, _)), Some(_)) = (partitions.first(), each.keys().next())
        && !partitions.iter().any(|(name, _)| each.contains_key(name))
    {
        return Err(format!(
            "`states` has none of the listed partitions: it has {}, and the list has {}",
            list(each.keys().map(String::as_str)),
            list([example.as_str()])
        ));
    }
    Ok(positions)
}
