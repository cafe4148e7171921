//! States that the connector did not send: its last states, with cursor values moved far into the future or back to the first
//! record. A connector that sends a state only at the end of a stream can be checked with nothing else.
//!
//! A cursor value in a state is found by the name of the stream's cursor, at any depth, because a partitioned stream has one for
//! each partition.

use super::checkpoints::stream_states;
use super::runs::{CapturedRun, Key, Stream, at};
use super::values::{mismatch, types};
use serde_json::{Value, json};

/// The moved state of a stream.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Moved {
    pub(super) key: Key,
    pub(super) state: Value,
    /// The cursor value that it was moved to, if it is that of a record.
    pub(super) position: Value,
}

/// Moves the last states far into the future. Returns the state file, and the state of each stream. Streams are omitted that are
/// not incremental or whose state has no cursor value.
pub(super) fn move_ahead(last: &Value, streams: &[Stream], whole: &CapturedRun) -> (Value, Vec<Moved>) {
    put(last, streams, |state, stream| {
        let schema = stream.field(&stream.cursor())?.clone();
        let mut state = state.clone();
        let positions = positions_in(&mut state, stream, whole);
        if positions.is_empty() {
            return None;
        }
        for position in positions {
            *position = value_ahead(&schema, position)?;
        }
        Some((state, Value::Null))
    })
}

/// Moves the last states back to the first cursor value of each stream. Streams are omitted that have only one cursor value, or
/// whose state contains anything else, since what belongs to the replaced value is unknown.
pub(super) fn move_back(last: &Value, streams: &[Stream], whole: &CapturedRun) -> (Value, Vec<Moved>) {
    put(last, streams, |state, stream| {
        let all = positions(stream, whole)?;
        let first = (*all.first().filter(|_| all.len() > 1)?).clone();
        let mut moved = state.clone();
        let places = positions_in(&mut moved, stream, whole);
        let count = places.len();
        for place in places {
            if !all.contains(&&*place) {
                return None;
            }
            *place = first.clone();
        }
        (count > 0 && count == scalars(state) && moved != *state).then_some((moved, first))
    })
}

fn put(
    last: &Value,
    streams: &[Stream],
    mut moved: impl FnMut(&Value, &Stream) -> Option<(Value, Value)>,
) -> (Value, Vec<Moved>) {
    let mut all = Vec::new();
    let mut put = |entry: &mut Value| {
        let key = Key::of(&entry["stream_descriptor"]);
        let stream = streams.iter().find(|stream| stream.key == key && stream.supports("incremental"));
        let Some((state, position)) = stream.and_then(|stream| moved(&entry["stream_state"], stream)) else {
            return false;
        };
        entry["stream_state"] = state.clone();
        all.push(Moved { key, state, position });
        true
    };
    let mut states = last.as_array().cloned().unwrap_or_default();
    states.retain_mut(|state| match state.pointer_mut("/global/stream_states") {
        Some(Value::Array(entries)) => {
            entries.retain_mut(&mut put);
            !entries.is_empty()
        }
        _ => state.get_mut("stream").is_some_and(&mut put),
    });
    (states.into(), all)
}

/// Returns given states as moved ones.
pub(super) fn given(states: &Value) -> Vec<Moved> {
    let states = states.as_array().into_iter().flatten().flat_map(stream_states);
    let moved = states.map(|state| Moved {
        key: Key::of(&state["stream_descriptor"]),
        state: state["stream_state"].clone(),
        position: Value::Null,
    });
    moved.collect()
}

/// Returns whether a state has the same cursor values as another one. Other values may differ.
pub(super) fn has_same_positions(state: &Value, given: &Value, stream: &Stream, whole: &CapturedRun) -> bool {
    let of = |state: &Value| {
        let mut state = state.clone();
        let positions: Vec<Value> =
            positions_in(&mut state, stream, whole).into_iter().map(|it| it.clone()).collect();
        positions
    };
    let (state_positions, given_positions) = (of(state), of(given));
    state == given
        || !state_positions.is_empty()
            && state_positions.iter().all(|position| given_positions.contains(position))
}

/// Returns the cursor values in a state: those under the cursor's name, or the only value of the state if a record has it.
fn positions_in<'s>(state: &'s mut Value, stream: &Stream, whole: &CapturedRun) -> Vec<&'s mut Value> {
    let cursor = stream.cursor();
    let Some(name) = cursor.last() else { return Vec::new() };
    if scalars(state) == 1 && named(state, name) == 0 {
        let is_position = |value: &Value| {
            let mut records = whole.all("RECORD").filter(|record| Key::of_record(record) == stream.key);
            records.any(|record| at(&record["data"], &cursor) == value)
        };
        let mut found = Vec::new();
        collect(state, None, false, &mut found);
        found.retain(|value| is_position(value));
        return found;
    }
    let mut found = Vec::new();
    collect(state, Some(name), false, &mut found);
    found
}

/// Fields that describe a partition or a parent stream, which have no cursor values of the stream.
const NO_POSITIONS: [&str; 2] = ["partition", "parent_state"];

fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_))
}

/// Collects the strings and numbers under a name, or all.
fn collect<'s>(state: &'s mut Value, name: Option<&str>, is_named: bool, found: &mut Vec<&'s mut Value>) {
    match state {
        Value::Object(fields) => {
            for (field, value) in
                fields.iter_mut().filter(|(field, _)| !NO_POSITIONS.contains(&field.as_str()))
            {
                collect(value, name, name.is_none_or(|name| name == field), found);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| collect(item, name, false, found)),
        value if is_named && is_scalar(value) => found.push(value),
        _ => {}
    }
}

fn named(state: &Value, name: &str) -> usize {
    let mut found = Vec::new();
    let mut state = state.clone();
    collect(&mut state, Some(name), false, &mut found);
    found.len()
}

/// Counts the strings and numbers that may be cursor values.
fn scalars(state: &Value) -> usize {
    match state {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| !NO_POSITIONS.contains(&name.as_str()) && *name != "lookback_window")
            .map(|(_, value)| scalars(value))
            .sum(),
        Value::Array(items) => items.iter().map(scalars).sum(),
        value => usize::from(is_scalar(value)),
    }
}

/// Returns the distinct cursor values of a stream's records in order; `None` if they cannot be ordered.
fn positions<'a>(stream: &Stream, whole: &'a CapturedRun) -> Option<Vec<&'a Value>> {
    let cursor = stream.cursor();
    if cursor.is_empty() {
        return None;
    }
    let is_time = is_time(stream.field(&cursor)?);
    let records = whole.all("RECORD").filter(|record| Key::of_record(record) == stream.key);
    let mut all: Vec<&Value> = records.map(|record| at(&record["data"], &cursor)).collect();
    all.retain(|position| !position.is_null());
    let length = all.first()?.as_str().map(str::len);
    // Strings of one length are times in one format.
    let is_ordered = |position: &&Value| match position {
        Value::String(text) => is_time && Some(text.len()) == length,
        Value::Number(number) => number.is_i64() && length.is_none(),
        _ => false,
    };
    if !all.iter().all(is_ordered) {
        return None;
    }
    all.sort_by(|a, b| order(a, b));
    all.dedup();
    Some(all)
}

/// Compares two cursor values of one stream.
fn order(a: &Value, b: &Value) -> std::cmp::Ordering {
    (a.as_i64(), a.as_str()).cmp(&(b.as_i64(), b.as_str()))
}

/// Returns whether a record comes after a cursor value.
pub(super) fn is_after(data: &Value, position: &Value, stream: &Stream) -> bool {
    order(at(data, &stream.cursor()), position).is_gt()
}

fn is_time(schema: &Value) -> bool {
    matches!(schema["format"].as_str(), Some("date" | "date-time"))
}

/// The maximum of each integer type; a connector cannot parse a larger cursor value.
const LARGEST: [i64; 6] = [127, 255, 32_767, 65_535, 2_147_483_647, i64::MAX];

/// Returns a value far in the future, in the format of the given one.
fn value_ahead(schema: &Value, value: &Value) -> Option<Value> {
    let is_time = is_time(schema);
    let is_integer = types(schema).contains(&"integer") || schema["airbyte_type"] == "integer";
    match value {
        Value::String(text) if is_time => {
            let (date, time) = text.split_at_checked(10)?;
            let is_date = mismatch(&json!({"type": "string", "format": "date"}), &date.into(), "").is_none();
            is_date.then(|| format!("2999-12-31{time}").into())
        }
        // A Unix time becomes about the year 2999, in any unit.
        Value::Number(number) if is_time || is_integer => {
            let value = number.as_i64()?;
            let largest = LARGEST.into_iter().find(|largest| value <= *largest)?;
            Some(value.max(1).saturating_mul(18).min(largest)).filter(|ahead| *ahead > value).map(Value::from)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(stream_state: &Value) -> Value {
        json!({"stream_descriptor": {"name": "a"}, "stream_state": stream_state})
    }

    /// Moves this state of a stream ahead whose cursor `at` has this schema and, in a record, this value.
    fn ahead(schema: &Value, record: &Value, stream_state: &Value) -> Option<Value> {
        let value = json!({"name": "a", "supported_sync_modes": ["full_refresh", "incremental"],
            "default_cursor_field": ["at"], "json_schema": {"properties": {"at": schema}}});
        let stream = Stream { key: Key::of(&value), value };
        let record = json!({"type": "RECORD", "record": {"stream": "a", "data": {"at": record}}});
        let whole = CapturedRun::new(record.to_string().into_bytes(), Vec::new());
        let single = json!([{"type": "STREAM", "stream": state(stream_state)}]);
        let global = json!([{"type": "GLOBAL", "global": {"stream_states": [state(stream_state)]}}]);
        let (single, found) = move_ahead(&single, std::slice::from_ref(&stream), &whole);
        let (global, in_global) = move_ahead(&global, &[stream], &whole);
        assert_eq!(found, in_global);
        let Some(Moved { state: found, .. }) = found.into_iter().next() else {
            assert_eq!((single, global), (json!([]), json!([])));
            return None;
        };
        assert_eq!(single, json!([{"type": "STREAM", "stream": state(&found)}]));
        assert_eq!(global, json!([{"type": "GLOBAL", "global": {"stream_states": [state(&found)]}}]));
        Some(found)
    }

    #[test]
    fn cursor_value_is_moved_ahead_in_its_own_format() {
        let date = json!({"type": ["null", "string"], "format": "date"});
        let time = json!({"type": ["null", "string"], "format": "date-time"});
        let integer = json!({"type": ["null", "integer"]});
        for (schema, before, after) in [
            (&date, json!("2024-02-29"), json!("2999-12-31")),
            (&time, json!("2024-02-29T12:00:00Z"), json!("2999-12-31T12:00:00Z")),
            (&time, json!("2024-02-29T12:00:00.5-04:00"), json!("2999-12-31T12:00:00.5-04:00")),
            (&time, json!("2024-02-29T12:00:00"), json!("2999-12-31T12:00:00")),
            (&time, json!(1_709_208_000), json!(2_147_483_647_u64)),
            (&integer, json!(47), json!(127)),
            (&integer, json!(-47), json!(18)),
            (&integer, json!(i64::MAX - 1), json!(i64::MAX)),
        ] {
            let more = json!({"at": before, "more": 1});
            assert_eq!(ahead(schema, &Value::Null, &more), Some(json!({"at": after, "more": 1})));
            assert_eq!(ahead(schema, &before, &json!({"since": before})), Some(json!({"since": after})));
        }
    }

    #[test]
    fn state_without_a_known_cursor_value_is_not_moved_ahead() {
        let date = json!({"type": ["null", "string"], "format": "date"});
        let text = json!({"type": ["null", "string"]});
        for (schema, record, stream_state) in [
            (&date, "2024-02-29", json!({"at": "page 2"})),
            (&date, "2024-02-29", json!({"at": "2024-02-3ä"})),
            (&date, "2024-02-29", json!({"since": "2024-02-28"})),
            (&date, "2024-02-29", json!({"since": "2024-02-29", "page": 1})),
            (&date, "2024-02-29", json!({"parent_state": {"b": {"at": "2024-02-29"}}})),
            (&date, "2024-02-29", json!({})),
            (&date, "2024-02-29", Value::Null),
            (&text, "2024-02-29", json!({"at": "2024-02-29"})),
        ] {
            assert_eq!(ahead(schema, &record.into(), &stream_state), None, "{stream_state}");
        }
    }

    /// Moves this state of a stream back whose records have these cursor values.
    fn back(schema: &Value, records: &[Value], stream_state: &Value) -> Option<(Value, Value)> {
        let value = json!({"name": "a", "supported_sync_modes": ["incremental"],
            "default_cursor_field": ["at"], "json_schema": {"properties": {"at": schema}}});
        let stream = Stream { key: Key::of(&value), value };
        let line =
            |at| json!({"type": "RECORD", "record": {"stream": "a", "data": {"at": at}}}).to_string() + "\n";
        let whole = CapturedRun::new(records.iter().map(line).collect::<String>().into_bytes(), Vec::new());
        let last = json!([{"type": "STREAM", "stream": state(stream_state)}]);
        let (_, found) = move_back(&last, std::slice::from_ref(&stream), &whole);
        found.into_iter().next().map(|moved| (moved.state, moved.position))
    }

    #[test]
    fn every_cursor_value_is_moved_back_to_the_first_record() {
        let integer = json!({"type": ["null", "integer"]});
        let date = json!({"type": ["null", "string"], "format": "date"});
        let numbers = [json!(30), json!(9), json!(20)];
        let moved = back(&integer, &numbers, &json!({"at": 30}));
        assert_eq!(moved, Some((json!({"at": 9}), json!(9))));
        let states = json!({"states": [
            {"partition": {"shop": 30}, "cursor": {"at": 30}}, {"partition": {"shop": 7}, "cursor": {"at": 20}},
        ], "use_global_cursor": false, "lookback_window": 3});
        let (moved, _) = back(&integer, &numbers, &states).unwrap();
        assert_eq!(moved["states"][0], json!({"partition": {"shop": 30}, "cursor": {"at": 9}}));
        assert_eq!(moved["states"][1]["cursor"]["at"], 9);
        let dates = [json!("2024-01-02"), json!("2023-12-31")];
        let moved = back(&date, &dates, &json!({"since": "2024-01-02"}));
        assert_eq!(moved, Some((json!({"since": "2023-12-31"}), json!("2023-12-31"))));
    }

    #[test]
    fn state_with_other_values_is_not_moved_back() {
        let integer = json!({"type": ["null", "integer"]});
        let text = json!({"type": ["null", "string"]});
        let numbers = [json!(30), json!(9)];
        for (schema, records, stream_state) in [
            (&integer, &numbers, json!({"at": 30, "page": "x"})),
            (&integer, &numbers, json!({"at": 31})),
            (&integer, &numbers, json!({"at": 9})),
            (&integer, &numbers, json!({})),
            (&integer, &[json!(9), json!(9)], json!({"at": 9})),
            (&integer, &[json!(1.5), json!(9)], json!({"at": 9})),
            (&text, &[json!("b"), json!("a")], json!({"at": "b"})),
        ] {
            assert_eq!(back(schema, records, &stream_state), None, "{stream_state}");
        }
    }
}
