//! Records that an entry expects, and fields that it does not look at.

use super::entries::Unmet;
use super::file::switch;
use crate::runs::{Key, Shot, Stream};
use serde_json::Value;
use std::collections::HashMap;

/// The paths of fields that are not compared, by the name of the stream: `steps/*/started_at` is in each item of a list.
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

    /// The stream and the first part of each path.
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

const RULE: &str = "the records are those that are expected";

/// Compares records with those of a file, which has one `{"stream": …, "data": …}` a line.
pub(super) fn are_expected(shot: &Shot, expected: &str, entry: &Value) -> Result<Unmet, String> {
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
        let mut came: Vec<Value> = shot
            .all("RECORD")
            .filter(|record| Key::of_record(record) == *key)
            .map(|record| record["data"].clone())
            .collect();
        came.iter_mut().for_each(|data| ignored.remove(key, data));
        let is_it = |expected: &Value, came: &Value| match (expected.as_object(), came.as_object()) {
            (Some(expected), Some(came)) if switch(options, "extra_fields", false) => {
                expected.iter().all(|(name, value)| came.get(name) == Some(value))
            }
            _ => expected == came,
        };
        let (wanted_count, count) = (expected.len(), came.len());
        let is_ordered = switch(options, "exact_order", false);
        let other = expected.iter().zip(&came).position(|(expected, came)| !is_it(expected, came));
        if let Some(place) = other.filter(|_| is_ordered) {
            unmet.push((RULE, format!("record {} of {key} is another one: {}", place + 1, came[place])));
            continue;
        }
        let mut rest = came;
        let mut missing: Vec<&Value> = Vec::new();
        for expected in expected {
            match rest.iter().position(|came| is_it(expected, came)) {
                Some(place) => drop(rest.swap_remove(place)),
                None => missing.push(expected),
            }
        }
        if let Some(first) = missing.first() {
            let missing = missing.len();
            unmet.push((
                RULE,
                format!("{missing} of {wanted_count} records of {key} did not come, one of them {first}"),
            ));
        }
        if let (false, Some(first)) = (switch(options, "extra_records", true), rest.first()) {
            unmet.push((
                RULE,
                format!("{count} records of {key} came instead of {wanted_count}, one of them {first}"),
            ));
        }
    }
    Ok(unmet)
}

/// Every field of each stream had a value once.
pub(super) fn have_all_fields(shot: &Shot, streams: &[Stream]) -> Unmet {
    let mut unmet = Unmet::new();
    for stream in streams.iter().filter(|stream| shot.configured().contains(&stream.key)) {
        let records = shot.all("RECORD").filter(|record| Key::of_record(record) == stream.key);
        let records: Vec<&Value> = records.map(|record| &record["data"]).collect();
        for name in
            stream.value["json_schema"]["properties"].as_object().into_iter().flatten().map(|(name, _)| name)
        {
            if records.iter().all(|data| data[name].is_null()) {
                let what = format!("{name} of {} has none", stream.key);
                unmet.push(("every field of a stream has a value in some record", what));
            }
        }
    }
    unmet
}
