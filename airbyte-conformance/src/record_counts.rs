//! Compares the records of runs.
//!
//! A record is identified by its primary key; whether its other fields are the same is a different question. A record without a
//! primary key is identified by its data, except for fields that vary between two equal reads, such as the time of the request.
//! Records are counted, because a stream without a key may contain equal ones, and one of them may be lost.

use super::run_names::*;
use super::runs::{CapturedRun, Key, Runs, Stream, at};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// How often each record occurs: by its stream, and by its primary key or its data.
pub(super) type RecordCounts = HashMap<(Key, String), usize>;

/// For each stream, the fields that differ between two equal reads.
pub(super) type Varying = HashMap<Key, HashSet<String>>;

impl Runs {
    /// Counts the records of a run.
    pub(super) fn counts(&self, captured: &CapturedRun) -> RecordCounts {
        self.counts_of(captured.all("RECORD"))
    }

    pub(super) fn counts_of<'v>(&self, records: impl Iterator<Item = &'v Value>) -> RecordCounts {
        let mut counts = RecordCounts::new();
        for record in records {
            *counts.entry(self.identity(record)).or_default() += 1;
        }
        counts
    }

    /// Counts the records of a run by their data, even if they have keys.
    pub(super) fn contents(&self, captured: &CapturedRun) -> RecordCounts {
        let mut counts = RecordCounts::new();
        for record in captured.all("RECORD") {
            *counts.entry(self.content(record)).or_default() += 1;
        }
        counts
    }

    fn identity(&self, record: &Value) -> (Key, String) {
        let key = Key::of_record(record);
        let paths = self.stream(&key).map(Stream::primary_key).unwrap_or_default();
        let id: Vec<&Value> = paths.iter().map(|path| at(&record["data"], path)).collect();
        if id.is_empty() || id.iter().any(|part| part.is_null()) {
            return self.content(record);
        }
        let id: Vec<String> =
            paths.iter().zip(id).map(|(path, part)| format!("{} {part}", path.join("."))).collect();
        (key, id.join(", "))
    }

    fn content(&self, record: &Value) -> (Key, String) {
        let key = Key::of_record(record);
        let data = &record["data"];
        let text = match (self.varying.get(&key), data.as_object()) {
            (Some(varying), Some(fields)) => {
                let kept = fields.iter().filter(|(name, _)| !varying.contains(*name));
                kept.map(|(name, value)| (name.clone(), value.clone())).collect::<Value>().to_string()
            }
            _ => data.to_string(),
        };
        (key, text)
    }

    /// Detects the fields that vary, and adds the `known` ones, each with the name of its stream.
    pub(super) fn find_varying(&mut self, known: &[(String, String)]) {
        let mut varying = Varying::new();
        for stream in &self.streams {
            let fields =
                known.iter().filter(|(name, _)| name == stream.key.name()).map(|(_, field)| field.clone());
            let fields: HashSet<String> = fields.collect();
            if !fields.is_empty() {
                varying.insert(stream.key.clone(), fields);
            }
        }
        for (first, second) in [(FULL_REFRESH, FULL_REFRESH_AGAIN), (INCREMENTAL, ELSEWHERE)] {
            let (Ok(first), Ok(second)) = (self.one(first), self.one(second)) else { continue };
            for stream in &self.streams {
                let keys = stream.primary_key();
                let of = |captured| records_of(captured, &stream.key);
                let (first, second): (Vec<&Value>, Vec<&Value>) = (of(first), of(second));
                // The protocol does not define an order of records.
                let sorted = |records: &[&Value]| {
                    let mut texts: Vec<String> = records.iter().map(ToString::to_string).collect();
                    texts.sort();
                    texts
                };
                if sorted(&first) == sorted(&second) {
                    continue;
                }
                let pairs: Vec<(&Value, &Value)> = if keys.is_empty() {
                    // Without keys, only the order pairs them.
                    let is_same = first.len() == second.len();
                    first.into_iter().zip(second).filter(|_| is_same).collect()
                } else {
                    let id =
                        |data: &Value| keys.iter().map(|path| at(data, path).to_string()).collect::<Vec<_>>();
                    let by_id: HashMap<_, _> = second.into_iter().map(|data| (id(data), data)).collect();
                    first.into_iter().filter_map(|data| Some((data, *by_id.get(&id(data))?))).collect()
                };
                let differing = differing(&pairs);
                let has_rest = pairs.iter().any(|(data, _)| {
                    data.as_object().is_some_and(|fields| fields.keys().any(|name| !differing.contains(name)))
                });
                if has_rest && !differing.is_empty() {
                    varying.entry(stream.key.clone()).or_default().extend(differing);
                }
            }
        }
        self.varying = varying;
    }
}

fn records_of<'a>(captured: &'a CapturedRun, key: &Key) -> Vec<&'a Value> {
    captured
        .all("RECORD")
        .filter(|record| Key::of_record(record) == *key)
        .map(|record| &record["data"])
        .collect()
}

fn differing(pairs: &[(&Value, &Value)]) -> HashSet<String> {
    let mut differing = HashSet::new();
    for (first, second) in pairs {
        for (name, value) in first.as_object().into_iter().flatten() {
            if second[name] != *value {
                differing.insert(name.clone());
            }
        }
    }
    differing
}

/// Returns how many distinct records of `all` are missing, and the first of them.
pub(super) fn missing<'b>(
    all: &'b RecordCounts,
    parts: &[&RecordCounts],
) -> Option<(usize, &'b (Key, String))> {
    let lacks = |(record, count): &(&(Key, String), &usize)| {
        let there: usize = parts.iter().filter_map(|counts| counts.get(*record)).sum();
        there < **count
    };
    let mut lacking: Vec<_> = all.iter().filter(lacks).map(|(record, _)| record).collect();
    lacking.sort();
    lacking.first().map(|first| (lacking.len(), *first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Kind;
    use serde_json::json;

    fn captured(name: &'static str, records: &[Value]) -> CapturedRun {
        let lines = records.iter().map(|data| {
            json!({"type": "RECORD", "record": {"stream": "a", "data": data}}).to_string() + "\n"
        });
        CapturedRun {
            name,
            kind: Kind::Read,
            ..CapturedRun::new(lines.collect::<String>().into_bytes(), Vec::new())
        }
    }

    fn runs(primary_key: &Value, first: &[Value], second: &[Value]) -> Runs {
        let value = json!({"name": "a", "source_defined_primary_key": primary_key});
        let streams = vec![Stream { key: Key::of(&value), value }];
        let captured_runs = vec![captured(FULL_REFRESH, first), captured(FULL_REFRESH_AGAIN, second)];
        let mut runs = Runs { captured_runs, streams, ..Runs::default() };
        runs.find_varying(&[]);
        runs
    }

    #[test]
    fn equal_records_are_counted() {
        let runs = runs(&json!([]), &[json!({"x": 1}), json!({"x": 1})], &[json!({"x": 1})]);
        let (all, part) = (runs.counts(&runs.captured_runs[0]), runs.counts(&runs.captured_runs[1]));
        assert_eq!(missing(&all, &[&part]).map(|(count, _)| count), Some(1));
        assert_eq!(missing(&all, &[&part, &part]), None);
    }

    #[test]
    fn varying_fields_are_ignored() {
        for key in [json!([["id"]]), json!([])] {
            let first = [json!({"id": 1, "at": 5, "x": 1}), json!({"id": 2, "at": 6, "x": 1})];
            let second = [json!({"id": 1, "at": 7, "x": 1}), json!({"id": 2, "at": 8, "x": 1})];
            let mut runs = runs(&key, &first, &second);
            runs.captured_runs.push(captured(INCREMENTAL, &[json!({"id": 1, "at": 5, "x": 2})]));
            let [first, second, third] = [0, 1, 2].map(|place| runs.contents(&runs.captured_runs[place]));
            assert_eq!(first, second);
            assert!(missing(&third, &[&first]).is_some());
        }
    }

    #[test]
    fn record_is_identified_by_its_primary_key() {
        let first = [json!({"id": 1, "x": 1}), json!({"id": null, "x": 1})];
        let mut runs = runs(&json!([["id"]]), &first, &first);
        runs.captured_runs
            .push(captured(INCREMENTAL, &[json!({"id": 1, "x": 2}), json!({"id": null, "x": 2})]));
        let (all, again) = (runs.counts(&runs.captured_runs[0]), runs.counts(&runs.captured_runs[2]));
        let (count, (_, data)) = missing(&all, &[&again]).unwrap();
        assert_eq!((count, data.as_str()), (1, r#"{"id":null,"x":1}"#));
    }

    #[test]
    fn other_order_does_not_make_fields_vary() {
        let first = [json!({"x": 1, "y": 1}), json!({"x": 2, "y": 1})];
        let runs = runs(&json!([]), &first, &[first[1].clone(), first[0].clone()]);
        assert_eq!(runs.varying, Varying::new());
    }

    #[test]
    fn missing_record_does_not_make_fields_vary() {
        let first = [json!({"x": 1}), json!({"x": 2})];
        let runs = runs(&json!([]), &first, &first[1..]);
        assert_eq!(runs.varying, Varying::new());
    }
}
