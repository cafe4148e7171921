//! Clauses about records: their streams, times and data.

use super::resuming::must_have;
use super::{Clause, clause};
use crate::record_counts::{RecordCounts, missing};
use crate::run_names::*;
use crate::runs::{CapturedRun, Checked, Key, Kind, Runs, at, not_applicable};
use crate::values::mismatch;
use serde_json::Value;
use std::collections::HashMap;
use std::time::{Duration, UNIX_EPOCH};

pub(super) const CLAUSES: &[Clause] = &[
    clause(
        "records_of_configured_streams",
        "records belong to configured streams, by name and namespace",
        records_of_configured_streams,
    ),
    clause(
        "record_data_is_an_object",
        "the data of a record is an object with a field",
        record_data_is_an_object,
    ),
    clause(
        "record_time_is_in_milliseconds",
        "emitted_at of a record is the current time in whole milliseconds",
        record_time_is_in_milliseconds,
    ),
    clause(
        "record_fields_are_in_the_schema",
        "every field of a record is in the schema",
        record_fields_are_in_the_schema,
    ),
    clause(
        "only_selected_fields",
        "records contain only the fields of the configured schema",
        only_selected_fields,
    ),
    clause(
        "primary_keys_are_not_null",
        "no field of a primary key is null or missing",
        primary_keys_are_not_null,
    ),
    clause(
        "primary_keys_are_unique",
        "no two records of a read have the same primary key",
        primary_keys_are_unique,
    ),
    clause(
        "equal_reads_bring_equal_records",
        "a read returns the same records in any directory, with any log level and any selection of streams and fields",
        equal_reads_bring_equal_records,
    ),
    clause(
        "incremental_reads_everything",
        "an incremental read without a state returns every record of a full refresh",
        incremental_reads_everything,
    ),
    clause(
        "values_match_their_types",
        "values match the type and the format in the schema",
        values_match_their_types,
    ),
    clause(
        "changes_have_reasons",
        "a change in the metadata of a record has a field, a known change and a SOURCE reason",
        changes_have_reasons,
    ),
];

/// Returns all records of all reads, each with its run.
fn records(runs: &Runs) -> Checked<Vec<(&CapturedRun, &Value)>> {
    let records: Vec<_> = runs
        .reads()
        .flat_map(|captured| captured.all("RECORD").map(move |record| (captured, record)))
        .collect();
    if records.is_empty() { not_applicable("no record was sent") } else { Ok(records) }
}

fn records_of_configured_streams(runs: &Runs) -> Checked {
    for captured in runs.reads() {
        let configured = captured.configured();
        if let Some(record) =
            captured.all("RECORD").find(|record| !configured.contains(&Key::of_record(record)))
        {
            return captured.fails("a record of a stream that is not configured", record);
        }
    }
    records(runs).map(drop)
}

fn record_data_is_an_object(runs: &Runs) -> Checked {
    let is_empty = |record: &Value| record["data"].as_object().is_none_or(serde_json::Map::is_empty);
    match records(runs)?.into_iter().find(|(_, record)| is_empty(record)) {
        Some((captured, record)) => captured.fails("the data is empty or not an object", record),
        None => Ok(()),
    }
}

/// Returns whether a time is within a day of the run, which seconds or microseconds are not.
pub(super) fn is_now(captured: &CapturedRun, milliseconds: f64) -> bool {
    let began = captured.began.duration_since(UNIX_EPOCH).unwrap_or_default();
    let day = Duration::from_secs(86_400);
    (began.saturating_sub(day).as_secs_f64()..(began + day).as_secs_f64()).contains(&(milliseconds / 1000.0))
}

fn record_time_is_in_milliseconds(runs: &Runs) -> Checked {
    for (captured, record) in records(runs)? {
        let at = record["emitted_at"].as_i64();
        if !at.is_some_and(|at| is_now(captured, at as f64)) {
            return captured.fails("emitted_at is not the time of the run in whole milliseconds", record);
        }
    }
    Ok(())
}

fn record_fields_are_in_the_schema(runs: &Runs) -> Checked {
    for (captured, record) in records(runs)? {
        let Some(stream) = runs.stream(&Key::of_record(record)) else { continue };
        let mut names = record["data"].as_object().into_iter().flat_map(serde_json::Map::keys);
        if let Some(name) = names.find(|name| stream.field(&[name]).is_none()) {
            return captured.fails(format_args!("{name} is not in the schema of {}", stream.key), record);
        }
    }
    Ok(())
}

fn only_selected_fields(runs: &Runs) -> Checked {
    let captured = runs.one(SELECTED)?;
    captured.must_succeed()?;
    let streams = captured.catalog.as_ref().and_then(|catalog| catalog["streams"].as_array());
    for configured in streams.into_iter().flatten() {
        let key = Key::of(&configured["stream"]);
        let selected = &configured["stream"]["json_schema"]["properties"];
        for record in captured.all("RECORD").filter(|record| Key::of_record(record) == key) {
            let mut names = record["data"].as_object().into_iter().flat_map(serde_json::Map::keys);
            // A field in no schema is reported by `record_fields_are_in_the_schema`.
            let known = |name: &str| runs.stream(&key).is_some_and(|stream| stream.field(&[name]).is_some());
            if let Some(name) = names.find(|name| selected.get(name).is_none() && known(name)) {
                return captured.fails(format_args!("{name} of {key} is not selected"), record);
            }
        }
    }
    Ok(())
}

fn primary_keys_are_not_null(runs: &Runs) -> Checked {
    let mut seen = false;
    for (captured, record) in records(runs)? {
        let Some(stream) = runs.stream(&Key::of_record(record)) else { continue };
        for path in stream.primary_key() {
            seen = true;
            if at(&record["data"], &path).is_null() {
                return captured.fails(
                    format_args!("the primary key {} of {} is null", path.join("."), stream.key),
                    record,
                );
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no record of a stream with a primary key was sent") }
}

fn primary_keys_are_unique(runs: &Runs) -> Checked {
    let mut seen = false;
    for captured in runs.reads() {
        let mut ids: HashMap<(&Key, Vec<String>), &Value> = HashMap::new();
        for stream in &runs.streams {
            let keys = stream.primary_key();
            if keys.is_empty() {
                continue;
            }
            for record in captured.all("RECORD").filter(|record| Key::of_record(record) == stream.key) {
                seen = true;
                let data = &record["data"];
                let id: Vec<String> = keys.iter().map(|path| at(data, path).to_string()).collect();
                let text = id.join(", ");
                // A null is reported by `primary_keys_are_not_null`.
                if !id.iter().any(|part| part == "null")
                    && let Some(other) = ids.insert((&stream.key, id), data)
                {
                    let how =
                        if other == data { "was sent twice" } else { "was sent as two different records" };
                    return captured.fails(
                        format_args!("a record of {} with the primary key {text} {how}", stream.key),
                        record,
                    );
                }
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no record of a stream with a primary key was sent") }
}

fn equal_reads_bring_equal_records(runs: &Runs) -> Checked {
    let whole = runs.one(INCREMENTAL)?;
    let all = runs.counts(whole);
    for captured in
        [ELSEWHERE, RELATIVE, DEBUG, LOG_LEVEL, SUBSET].into_iter().flat_map(|name| runs.named(name))
    {
        if captured.kind != Kind::Read || !captured.succeeded() {
            continue;
        }
        let configured = captured.configured();
        let mut all = all.clone();
        all.retain(|(key, _), _| configured.contains(key));
        must_have(runs, captured, &all, &RecordCounts::new())?;
    }
    if let Ok(captured) = runs.one(SELECTED).and_then(|captured| captured.must_succeed().map(|()| captured)) {
        let selected = |of: &CapturedRun| {
            let records: Vec<Value> =
                of.all("RECORD").map(|record| only_selected(record, captured)).collect();
            runs.counts_of(records.iter())
        };
        if let Some((count, (key, data))) = missing(&selected(whole), &[&selected(captured)]) {
            return captured.fails(format_args!("{count} records are missing, such as one of {key}"), data);
        }
    }
    if let (Ok(plain), Ok(captured)) = (runs.one(FINAL_STATE), runs.one(EXTRA_FIELDS))
        && captured.succeeded()
    {
        must_have(runs, captured, &runs.counts(plain), &RecordCounts::new())?;
    }
    Ok(())
}

/// Returns a record with only the fields in the catalog of this run.
fn only_selected(record: &Value, captured: &CapturedRun) -> Value {
    let streams = captured.catalog.as_ref().and_then(|catalog| catalog["streams"].as_array());
    let stream = streams
        .into_iter()
        .flatten()
        .map(|configured| &configured["stream"])
        .find(|stream| Key::of(stream) == Key::of_record(record));
    let mut record = record.clone();
    if let (Some(stream), Some(fields)) = (stream, record["data"].as_object_mut()) {
        fields.retain(|name, _| stream["json_schema"]["properties"].get(name).is_some());
    }
    record
}

fn incremental_reads_everything(runs: &Runs) -> Checked {
    let (full, captured) = (runs.one(FULL_REFRESH)?, runs.one(INCREMENTAL)?);
    let mut all = runs.counts(full);
    all.retain(|(key, _), _| runs.stream(key).is_some_and(|stream| stream.supports("incremental")));
    if all.is_empty() {
        return not_applicable("no stream with records supports full_refresh and incremental");
    }
    captured.must_succeed()?;
    must_have(runs, captured, &all, &RecordCounts::new())
}

fn values_match_their_types(runs: &Runs) -> Checked {
    for (captured, record) in records(runs)? {
        let Some(stream) = runs.stream(&Key::of_record(record)) else { continue };
        if let Some(why) = mismatch(&stream.value["json_schema"], &record["data"], &stream.key.to_string()) {
            return captured.fails(why, record);
        }
    }
    Ok(())
}

fn changes_have_reasons(runs: &Runs) -> Checked {
    let mut seen = false;
    for (captured, record) in records(runs)? {
        for change in record["meta"]["changes"].as_array().into_iter().flatten() {
            seen = true;
            let known = change["change"] == "NULLED" || change["change"] == "TRUNCATED";
            let reason = change["reason"].as_str().unwrap_or_default();
            let reasons =
                ["RECORD_SIZE_LIMITATION", "FIELD_SIZE_LIMITATION", "SERIALIZATION_ERROR", "RETRIEVAL_ERROR"];
            let reason = reason.strip_prefix("SOURCE_").is_some_and(|reason| reasons.contains(&reason));
            if !known || !reason || !change["field"].is_string() {
                return captured.fails("a change without a field, a known change or a SOURCE reason", change);
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no record has a change") }
}
