//! Expected records, and ignored fields.

use super::entries::Unmet;
use super::file::switch;
use crate::runs::{CapturedRun, Key, Stream};
use serde_json::Value;
use std::collections::HashMap;

/// The paths of fields that are not compared, by the name of the stream. `steps/*/started_at` is in each item of an array.
pub(super) struct Ignored(HashMap<String, Vec<String>>);

impl Ignored {
    pub(super) fn of(entry: &Value) -> Self {
        let streams = entry["ignored_fields"].as_object().into_iter().flatten();
        let paths = |fields: &Value| {
            let fields = fields.as_array().into_iter().flatten();
            fields.filter_map(|field| field["name"].as_str().or(field.as_str())).map(str::to_owned).collect()
        };
        Self(streams.map(|(stream, fields)| (stream.clone(), paths(fields))).collect())
    }

    /// Returns the stream and the first segment of each path.
    pub(super) fn fields(&self) -> impl Iterator<Item = (String, String)> {
        self.0.iter().flat_map(|(stream, paths)| {
            let first = |path: &String| path.split('/').next().unwrap_or_default().to_owned();
            paths.iter().map(move |path| (stream.clone(), first(path)))
        })
    }

    fn remove(&self, key: &Key, data: &mut Value) {
        for path in self.0.get(key.name()).into_iter().flatten() {
            remove(data, &path.split('/').collect::<Vec<_>>());
        }
    }
}

fn remove(value: &mut Value, path: &[&str]) {
    match (path, value) {
        ([name], Value::Object(fields)) => {
            fields.shift_remove(*name);
        }
        (["*", rest @ ..], Value::Array(items)) => items.iter_mut().for_each(|item| remove(item, rest)),
        ([name, rest @ ..], value) => {
            if let Some(value) = value.get_mut(*name) {
                remove(value, rest);
            }
        }
        _ => {}
    }
}

const RULE: &str = "the records are the expected ones";

/// Compares records with those of a file with one `{"stream": …, "data": …}` per line.
pub(super) fn are_expected(captured: &CapturedRun, expected: &str, entry: &Value) -> Result<Unmet, String> {
    let options = &entry["expect_records"];
    let ignored = Ignored::of(entry);
    let mut wanted: HashMap<Key, Vec<Value>> = HashMap::new();
    for (number, line) in expected.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let mut record: Value = serde_json::from_str(line)
            .map_err(|_| format!("line {} of the expected records is not JSON", number + 1))?;
        let key = Key::of_record(&record);
        let mut data = record["data"].take();
        ignored.remove(&key, &mut data);
        wanted.entry(key).or_default().push(data);
    }
    let mut unmet = Unmet::new();
    let mut keys: Vec<&Key> = wanted.keys().collect();
    keys.sort();
    for key in keys {
        let expected = &wanted[key];
        let mut actual: Vec<Value> = captured
            .all("RECORD")
            .filter(|record| Key::of_record(record) == *key)
            .map(|record| record["data"].clone())
            .collect();
        actual.iter_mut().for_each(|data| ignored.remove(key, data));
        let is_it = |expected: &Value, actual: &Value| match (expected.as_object(), actual.as_object()) {
            (Some(expected), Some(actual)) if switch(options, "extra_fields", false) => {
                expected.iter().all(|(name, value)| actual.get(name) == Some(value))
            }
            _ => expected == actual,
        };
        let (wanted_count, count) = (expected.len(), actual.len());
        let is_ordered = switch(options, "exact_order", false);
        let other = expected.iter().zip(&actual).position(|(expected, actual)| !is_it(expected, actual));
        if let Some(place) = other.filter(|_| is_ordered) {
            unmet.push((RULE, format!("record {} of {key} differs: {}", place + 1, actual[place])));
            continue;
        }
        let mut rest = actual;
        let mut missing: Vec<&Value> = Vec::new();
        for expected in expected {
            match rest.iter().position(|actual| is_it(expected, actual)) {
                Some(place) => drop(rest.swap_remove(place)),
                None => missing.push(expected),
            }
        }
        if let Some(first) = missing.first() {
            let missing = missing.len();
            unmet.push((
                RULE,
                format!("{missing} of {wanted_count} records of {key} are missing, such as {first}"),
            ));
        }
        if let (false, Some(first)) = (switch(options, "extra_records", true), rest.first()) {
            unmet
                .push((RULE, format!("{count} records of {key} instead of {wanted_count}, such as {first}")));
        }
    }
    Ok(unmet)
}

/// Checks that every field of each stream has a value in some record.
pub(super) fn have_all_fields(captured: &CapturedRun, streams: &[Stream]) -> Unmet {
    let mut unmet = Unmet::new();
    for stream in streams.iter().filter(|stream| captured.configured().contains(&stream.key)) {
        let records = captured.all("RECORD").filter(|record| Key::of_record(record) == stream.key);
        let records: Vec<&Value> = records.map(|record| &record["data"]).collect();
        for name in
            stream.value["json_schema"]["properties"].as_object().into_iter().flatten().map(|(name, _)| name)
        {
            if records.iter().all(|data| data[name].is_null()) {
                let what = format!("{name} of {} is always null or missing", stream.key);
                unmet.push(("every field of a stream has a value in some record", what));
            }
        }
    }
    unmet
}
