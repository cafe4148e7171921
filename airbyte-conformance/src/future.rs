//! States far ahead of everything a service can have: made from the connector's own.

use super::runs::{Key, Shot, Stream, at};
use super::values::{mismatch, types};
use serde_json::{Value, json};

/// The states a connector sent last, put far ahead, and for each stream its own. Streams are left out that are not
/// incremental, or in whose state the cursor's value is not found.
pub(super) fn put_ahead(last: &Value, streams: &[Stream], whole: &Shot) -> (Value, Vec<(Key, Value)>) {
    let mut ahead = Vec::new();
    let mut put = |entry: &mut Value| {
        let key = Key::of(&entry["stream_descriptor"]);
        let stream = streams.iter().find(|stream| stream.key == key && stream.supports("incremental"));
        let state = stream.and_then(|stream| state_ahead(&entry["stream_state"], stream, whole));
        if let Some(state) = &state {
            entry["stream_state"] = state.clone();
            ahead.push((key, state.clone()));
        }
        state.is_some()
    };
    let mut states = last.as_array().cloned().unwrap_or_default();
    states.retain_mut(|state| match state.pointer_mut("/global/stream_states") {
        Some(Value::Array(entries)) => {
            entries.retain_mut(&mut put);
            !entries.is_empty()
        }
        _ => state.get_mut("stream").is_some_and(&mut put),
    });
    (states.into(), ahead)
}

/// The cursor's value is what stands under the cursor's name, or all there is and that of a record.
fn state_ahead(state: &Value, stream: &Stream, whole: &Shot) -> Option<Value> {
    let cursor = stream.cursor();
    let name = *cursor.last()?;
    let fields = state.as_object()?;
    let is_position = |value: &Value| {
        let mut records = whole.all("RECORD").filter(|record| Key::of_record(record) == stream.key);
        records.any(|record| at(&record["data"], &cursor) == value)
    };
    let only = || fields.iter().next().filter(|(_, value)| fields.len() == 1 && is_position(value));
    let (key, value) = fields.get_key_value(name).or_else(only)?;
    let mut state = state.clone();
    state[key] = value_ahead(stream.field(&cursor)?, value)?;
    Some(state)
}

/// The largest numbers of the types that a cursor may have; a larger one would be no position.
const LARGEST: [i64; 6] = [127, 255, 32_767, 65_535, 2_147_483_647, i64::MAX];

/// A value far ahead, in the form of the one that is there: a connector may give back no other.
fn value_ahead(schema: &Value, value: &Value) -> Option<Value> {
    let is_time = matches!(schema["format"].as_str(), Some("date" | "date-time"));
    let is_integer = types(schema).contains(&"integer") || schema["airbyte_type"] == "integer";
    match value {
        Value::String(text) if is_time => {
            let (date, time) = text.split_at_checked(10)?;
            let is_date = mismatch(&json!({"type": "string", "format": "date"}), &date.into(), "").is_none();
            is_date.then(|| format!("2999-12-31{time}").into())
        }
        // A time since 1970 comes near the year 2999, whatever its unit.
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

    /// What becomes of this state of a stream whose cursor, `at`, has this schema and, in a record, this value.
    fn ahead(schema: &Value, record: &Value, stream_state: &Value) -> Option<Value> {
        let value = json!({"name": "a", "supported_sync_modes": ["full_refresh", "incremental"],
            "default_cursor_field": ["at"], "json_schema": {"properties": {"at": schema}}});
        let stream = Stream { key: Key::of(&value), value };
        let record = json!({"type": "RECORD", "record": {"stream": "a", "data": {"at": record}}});
        let whole = Shot::new(record.to_string(), String::new());
        let single = json!([{"type": "STREAM", "stream": state(stream_state)}]);
        let global = json!([{"type": "GLOBAL", "global": {"stream_states": [state(stream_state)]}}]);
        let (single, found) = put_ahead(&single, std::slice::from_ref(&stream), &whole);
        let (global, in_global) = put_ahead(&global, &[stream], &whole);
        assert_eq!(found, in_global);
        let Some((_, found)) = found.into_iter().next() else {
            assert_eq!((single, global), (json!([]), json!([])));
            return None;
        };
        assert_eq!(single, json!([{"type": "STREAM", "stream": state(&found)}]));
        assert_eq!(global, json!([{"type": "GLOBAL", "global": {"stream_states": [state(&found)]}}]));
        Some(found)
    }

    #[test]
    fn a_position_is_put_ahead_in_its_own_form() {
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
    fn what_is_not_known_for_a_position_is_left_alone() {
        let date = json!({"type": ["null", "string"], "format": "date"});
        let text = json!({"type": ["null", "string"]});
        for (schema, record, stream_state) in [
            (&date, "2024-02-29", json!({"at": "page 2"})),
            (&date, "2024-02-29", json!({"at": "2024-02-3ä"})),
            (&date, "2024-02-29", json!({"since": "2024-02-28"})),
            (&date, "2024-02-29", json!({"since": "2024-02-29", "page": 1})),
            (&date, "2024-02-29", json!({})),
            (&date, "2024-02-29", Value::Null),
            (&text, "2024-02-29", json!({"at": "2024-02-29"})),
        ] {
            assert_eq!(ahead(schema, &record.into(), &stream_state), None, "{stream_state}");
        }
    }
}
