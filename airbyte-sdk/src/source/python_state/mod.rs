//! States that the Python CDK writes, so that a connector can replace one in Python without a resync.
//!
//! They are read and never written. Their formats, with the classes of the CDK that write them:
//!
//! - `{"updated_at": "…"}`, the position of a stream: the SDK's own format (`ConcurrentCursor`, `DatetimeBasedCursor`).
//! - `{"state_type": "date-range", "slices": [{"start": …, "end": …, "most_recent_cursor_value": …}]}`: what was read, as
//!   intervals that may have gaps (`ConcurrentCursor` of a stream whose state is not sequential).
//! - `{"states": [{"partition": {"id": 7, "parent_slice": {}}, "cursor": {"updated_at": "…"}}], …}`: a position for each
//!   partition (`ConcurrentPerPartitionCursor`, `PerPartitionCursor`).
//! - `{"use_global_cursor": true, "state": {"updated_at": "…"}, "lookback_window": 9, …}`, or without `use_global_cursor` and
//!   `states`: one position for all partitions, after the look-back (`GlobalSubstreamCursor` and the above with many partitions).
//!
//! What must stay true: a position is never later than what was read completely. Whatever is not understood is an error that
//! names the key.

pub(super) mod values;

#[cfg(test)]
mod tests;

use self::values::{cursor_value, earlier};
use crate::cursor::describe_invalid;
use crate::problems::{kind_of, list, shorten};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The key of a partition's parent, which has the keys of a partition itself.
const PARENT: &str = "parent_slice";

/// Keys of a state without a position. They follow a full refresh.
const FULL_REFRESH: [&str; 2] = ["__ab_no_cursor_state_message", "__ab_full_refresh_sync_complete"];

type Object = Map<String, Value>;

/// What was read, or why it cannot be.
type Understood<T> = Result<T, String>;

pub(super) enum PartitionPositions<C> {
    /// The position of each partition, by its name. `None` is its beginning.
    Each(BTreeMap<String, Option<C>>),
    /// One position for all.
    All(Option<C>),
}

/// Returns the position of a stream without partitions; `None` if the state has another format.
pub(super) fn position<C>(state: &Object) -> Understood<Option<C>>
where
    C: PartialOrd + DeserializeOwned + 'static,
{
    if has_partitions(state) {
        let keys = list(state.keys().map(String::as_str));
        return Err(format!("it is of a stream in partitions, and this stream has none: it has {keys}"));
    }
    in_intervals(state, "")
}

/// Returns the positions of a stream in partitions; `None` if the state has another format. `field` is the key of a position,
/// `key` the one that names a partition.
pub(super) fn partition_positions<C>(
    state: &Object,
    field: &str,
    key: Option<&str>,
) -> Understood<Option<PartitionPositions<C>>>
where
    C: PartialOrd + Serialize + DeserializeOwned + 'static,
{
    if !has_partitions(state) {
        return Ok(in_intervals(state, "")?.map(|position| PartitionPositions::All(Some(position))));
    }
    let is_global = match state.get("use_global_cursor") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(global)) => *global,
        Some(other) => return Err(format!("`use_global_cursor` is {}", kind_of(other))),
    };
    match state.get("states") {
        Some(Value::Array(states)) if !is_global => {
            each(states, field, key).map(|positions| Some(PartitionPositions::Each(positions)))
        }
        None | Some(Value::Null | Value::Array(_)) => {
            Ok(Some(PartitionPositions::All(global(state, field)?)))
        }
        Some(other) => Err(format!("`states` must be an array, not {}", kind_of(other))),
    }
}

/// Returns whether the state is of a stream in partitions.
pub(super) fn has_partitions(state: &Object) -> bool {
    ["states", "use_global_cursor"].iter().any(|key| state.get(*key).is_some_and(|value| !value.is_null()))
        || state.get("state").is_some_and(Value::is_object)
}

fn each<C>(states: &[Value], field: &str, key: Option<&str>) -> Understood<BTreeMap<String, Option<C>>>
where
    C: PartialOrd + DeserializeOwned + 'static,
{
    let mut positions = BTreeMap::new();
    for (index, state) in states.iter().enumerate() {
        let at = format!("states[{index}]");
        let (Some(partition), Some(cursor)) = (object(state, "partition"), object(state, "cursor")) else {
            return Err(format!("`{at}` has no objects `partition` and `cursor`"));
        };
        let name = name(partition, key, &at)?;
        let position = in_cursor(cursor, field, &format!("{at}.cursor"))?;
        // The same partition under two parents: what both have read.
        let position = match positions.remove(&name) {
            None => position,
            Some(other) => position.zip(other).map(|(one, other)| if other < one { other } else { one }),
        };
        positions.insert(name, position);
    }
    Ok(positions)
}

/// Returns the name of a partition: the value under `key`.
fn name(partition: &Object, key: Option<&str>, at: &str) -> Understood<String> {
    let names: Vec<&str> = partition.keys().map(String::as_str).filter(|name| *name != PARENT).collect();
    let Some(key) = key else {
        let keys = list(names);
        return Err(format!(
            "`{at}.partition` names a partition by {keys}, which this connector does not know"
        ));
    };
    let value = match partition.get(key) {
        None => return Err(format!("`{at}.partition` has no key `{key}`: it has {}", list(names))),
        Some(_) if names.len() > 1 => {
            let others = list(names.into_iter().filter(|name| *name != key));
            return Err(format!("`{at}.partition` has the key `{key}`, but also {others}"));
        }
        Some(value) => value,
    };
    // A platform may write an integer with a decimal point.
    let whole = |number: f64| (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64);
    let number = value.as_i64().or_else(|| whole(value.as_f64()?));
    let name = value.as_str().map(str::to_owned);
    let name = name.or_else(|| value.as_u64().map(|number| number.to_string()));
    name.or_else(|| number.map(|number| number.to_string())).ok_or_else(|| {
        format!("`{at}.partition.{key}` must be a string or an integer, not {}", describe_invalid(value))
    })
}

/// Returns the position for all partitions.
fn global<C>(state: &Object, field: &str) -> Understood<Option<C>>
where
    C: PartialOrd + Serialize + DeserializeOwned + 'static,
{
    let position = match state.get("state") {
        None | Some(Value::Null) => None,
        Some(Value::Object(cursor)) => in_cursor::<C>(cursor, field, "state")?,
        Some(other) => return Err(format!("`state` must be an object, not {}", kind_of(other))),
    };
    let Some(position) = position else { return Ok(None) };
    let seconds = match state.get("lookback_window") {
        None | Some(Value::Null) => Some(0),
        Some(value) => cursor_value::<u32>(value).map(i64::from),
    };
    let seconds = seconds.ok_or("`lookback_window` must be a number of seconds")?;
    match earlier(position, seconds) {
        Some(position) => Ok(Some(position)),
        None => {
            Err(format!("`lookback_window` cannot be subtracted from `state.{field}`, which is not a time"))
        }
    }
}

/// Returns the position in a `cursor`, at this path; `None` if it has none.
fn in_cursor<C>(cursor: &Object, field: &str, at: &str) -> Understood<Option<C>>
where
    C: PartialOrd + DeserializeOwned + 'static,
{
    if let Some(value) = cursor.get(field).filter(|value| !value.is_null()) {
        return value_at(value, &within(at, field)).map(Some);
    }
    if let Some(position) = in_intervals(cursor, at)? {
        return Ok(Some(position));
    }
    let others =
        cursor.iter().filter(|(key, value)| !value.is_null() && !FULL_REFRESH.contains(&key.as_str()));
    let others: Vec<&str> = others.map(|(key, _)| key.as_str()).collect();
    if others.is_empty() {
        return Ok(None);
    }
    Err(format!("`{}` is missing: `{at}` has {}", within(at, field), list(others)))
}

/// Returns the position in a state that lists intervals, at this path; `None` if it has another format.
///
/// It is in the first interval. The CDK sorts them, and merges those without a gap before it writes them, so a gap before the
/// second one is real. They are not merged here: as values of a type with less precision, two may touch that do not. If their
/// order is another one, the type compares values in another way than the CDK, such as dates as text.
///
/// The position is that of the newest record, if the interval has one, because others may have come late. The CDK writes the
/// same one if the state is sequential.
fn in_intervals<C>(state: &Object, at: &str) -> Understood<Option<C>>
where
    C: PartialOrd + DeserializeOwned + 'static,
{
    let Some(ty) = state.get("state_type").filter(|ty| !ty.is_null()) else { return Ok(None) };
    if !matches!(ty.as_str(), Some("date-range" | "integer")) {
        let ty = ty.as_str().map_or_else(|| kind_of(ty).to_owned(), |ty| format!("`{}`", shorten(ty)));
        return Err(format!("`{}` is {ty}, not `date-range`", within(at, "state_type")));
    }
    let slices = within(at, "slices");
    let Some(Value::Array(intervals)) = state.get("slices") else {
        return Err(format!("`{slices}` must be an array"));
    };
    let (mut first, mut before): (Option<C>, Option<C>) = (None, None);
    for (index, interval) in intervals.iter().enumerate() {
        let value = |key: &str| -> Understood<Option<C>> {
            let value = interval.get(key).filter(|value| !value.is_null());
            value.map(|value| value_at(value, &format!("{slices}[{index}].{key}"))).transpose()
        };
        let (Some(start), Some(end)) = (value("start")?, value("end")?) else {
            return Err(format!("`{slices}[{index}]` has no `start` and `end`"));
        };
        let newest = value("most_recent_cursor_value")?;
        if before.is_some_and(|before| start < before) {
            return Err(format!("`{slices}[{index}].start` is before that of the previous element"));
        }
        before = Some(start);
        first = first.or_else(|| Some(newest.filter(|newest| *newest < end).unwrap_or(end)));
    }
    first.map(Some).ok_or_else(|| format!("`{slices}` is empty"))
}

fn value_at<C: DeserializeOwned + 'static>(value: &Value, path: &str) -> Understood<C> {
    cursor_value(value)
        .ok_or_else(|| format!("`{path}` is not a valid cursor value: it is {}", describe_invalid(value)))
}

fn within(at: &str, key: &str) -> String {
    if at.is_empty() { key.to_owned() } else { format!("{at}.{key}") }
}

fn object<'v>(value: &'v Value, key: &str) -> Option<&'v Object> {
    value.get(key).and_then(Value::as_object)
}
