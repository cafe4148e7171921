//! Records: whose they are, when they were sent, and what is in them.

use super::resuming::must_have;
use super::{Clause, clause};
use crate::bags::{Bag, missing};
use crate::names::*;
use crate::runs::{Judged, Key, Kind, Runs, Shot, at, not_applicable};
use crate::values::mismatch;
use serde_json::Value;
use std::collections::HashMap;
use std::time::{Duration, UNIX_EPOCH};

pub(super) const CLAUSES: &[Clause] = &[
    clause(
        "records_of_configured_streams",
        "records belong to streams that are configured, with their name and namespace",
        records_of_configured_streams,
    ),
    clause(
        "record_data_is_an_object",
        "the data of a record is an object with something in it",
        record_data_is_an_object,
    ),
    clause(
        "record_time_is_in_milliseconds",
        "emitted_at of a record is the time in whole milliseconds",
        record_time_is_in_milliseconds,
    ),
    clause(
        "record_fields_are_in_the_schema",
        "every field of a record is in the schema",
        record_fields_are_in_the_schema,
    ),
    clause(
        "only_selected_fields",
        "fields that the configured schema leaves out are left out",
        only_selected_fields,
    ),
    clause(
        "primary_keys_are_not_null",
        "no part of a primary key is null or missing",
        primary_keys_are_not_null,
    ),
    clause(
        "primary_keys_are_unique",
        "no two records of a read have the same primary key, of which a destination keeps one",
        primary_keys_are_unique,
    ),
    clause(
        "equal_reads_bring_equal_records",
        "a read brings the same records from any directory, in any log level, of any selection of streams and fields",
        equal_reads_bring_equal_records,
    ),
    clause(
        "incremental_reads_everything",
        "an incremental read without a state brings every record of a full refresh",
        incremental_reads_everything,
    ),
    clause(
        "values_match_their_types",
        "values are of the type and in the format that the schema says",
        values_match_their_types,
    ),
    clause(
        "changes_have_reasons",
        "a value that was dropped or cut is announced with a known change and a reason of the source",
        changes_have_reasons,
    ),
];

/// All records of a kind of run, each with its run.
fn records(runs: &Runs) -> Judged<Vec<(&Shot, &Value)>> {
    let records: Vec<_> =
        runs.reads().flat_map(|shot| shot.all("RECORD").map(move |record| (shot, record))).collect();
    if records.is_empty() { not_applicable("no record was seen") } else { Ok(records) }
}

fn records_of_configured_streams(runs: &Runs) -> Judged {
    for shot in runs.reads() {
        let configured = shot.configured();
        if let Some(record) = shot.all("RECORD").find(|record| !configured.contains(&Key::of_record(record)))
        {
            return shot.fails("a record of a stream that is not configured", record);
        }
    }
    records(runs).map(drop)
}

fn record_data_is_an_object(runs: &Runs) -> Judged {
    let is_empty = |record: &Value| record["data"].as_object().is_none_or(serde_json::Map::is_empty);
    match records(runs)?.into_iter().find(|(_, record)| is_empty(record)) {
        Some((shot, record)) => shot.fails("a record without data", record),
        None => Ok(()),
    }
}

/// Whether a time lies within a day of the run, as only milliseconds do.
pub(super) fn is_now(shot: &Shot, milliseconds: f64) -> bool {
    let began = shot.began.duration_since(UNIX_EPOCH).unwrap_or_default();
    let day = Duration::from_secs(86_400);
    (began.saturating_sub(day).as_secs_f64()..(began + day).as_secs_f64()).contains(&(milliseconds / 1000.0))
}

fn record_time_is_in_milliseconds(runs: &Runs) -> Judged {
    for (shot, record) in records(runs)? {
        let at = record["emitted_at"].as_i64();
        if !at.is_some_and(|at| is_now(shot, at as f64)) {
            return shot.fails("emitted_at is not the time of the run in whole milliseconds", record);
        }
    }
    Ok(())
}

fn record_fields_are_in_the_schema(runs: &Runs) -> Judged {
    for (shot, record) in records(runs)? {
        let Some(stream) = runs.stream(&Key::of_record(record)) else { continue };
        let mut names = record["data"].as_object().into_iter().flat_map(serde_json::Map::keys);
        if let Some(name) = names.find(|name| stream.field(&[name]).is_none()) {
            return shot.fails(format_args!("{name} is not in the schema of {}", stream.key), record);
        }
    }
    Ok(())
}

fn only_selected_fields(runs: &Runs) -> Judged {
    let shot = runs.one(SELECTED)?;
    shot.must_succeed()?;
    let streams = shot.catalog.as_ref().and_then(|catalog| catalog["streams"].as_array());
    for configured in streams.into_iter().flatten() {
        let key = Key::of(&configured["stream"]);
        let selected = &configured["stream"]["json_schema"]["properties"];
        for record in shot.all("RECORD").filter(|record| Key::of_record(record) == key) {
            let mut names = record["data"].as_object().into_iter().flat_map(serde_json::Map::keys);
            // A field that is in no schema is another clause's.
            let known = |name: &str| runs.stream(&key).is_some_and(|stream| stream.field(&[name]).is_some());
            if let Some(name) = names.find(|name| selected.get(name).is_none() && known(name)) {
                return shot.fails(format_args!("{name} of {key} is not selected"), record);
            }
        }
    }
    Ok(())
}

fn primary_keys_are_not_null(runs: &Runs) -> Judged {
    let mut seen = false;
    for (shot, record) in records(runs)? {
        let Some(stream) = runs.stream(&Key::of_record(record)) else { continue };
        for path in stream.primary_key() {
            seen = true;
            if at(&record["data"], &path).is_null() {
                return shot
                    .fails(format_args!("the key {} of {} is null", path.join("."), stream.key), record);
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no record of a stream with a primary key was seen") }
}

fn primary_keys_are_unique(runs: &Runs) -> Judged {
    let mut seen = false;
    for shot in runs.reads() {
        let mut ids: HashMap<(&Key, Vec<String>), &Value> = HashMap::new();
        for stream in &runs.streams {
            let keys = stream.primary_key();
            if keys.is_empty() {
                continue;
            }
            for record in shot.all("RECORD").filter(|record| Key::of_record(record) == stream.key) {
                seen = true;
                let data = &record["data"];
                let id: Vec<String> = keys.iter().map(|path| at(data, path).to_string()).collect();
                let text = id.join(", ");
                // A key that is null is another clause's.
                if !id.iter().any(|part| part == "null")
                    && let Some(other) = ids.insert((&stream.key, id), data)
                {
                    let how = if other == data { "come twice" } else { "are two different records" };
                    return shot.fails(format_args!("{} with the key {text} {how}", stream.key), record);
                }
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no record of a stream with a primary key was seen") }
}

fn equal_reads_bring_equal_records(runs: &Runs) -> Judged {
    let whole = runs.one(INCREMENTAL)?;
    let all = runs.bag(whole);
    for shot in [ELSEWHERE, RELATIVE, DEBUG, LOG_LEVEL, SUBSET].into_iter().flat_map(|name| runs.named(name))
    {
        if shot.kind != Kind::Read || !shot.succeeded() {
            continue;
        }
        let configured = shot.configured();
        let mut all = all.clone();
        all.retain(|(key, _), _| configured.contains(key));
        must_have(runs, shot, &all, &Bag::new())?;
    }
    if let Ok(shot) = runs.one(SELECTED).and_then(|shot| shot.must_succeed().map(|()| shot)) {
        let selected = |of: &Shot| {
            let records: Vec<Value> = of.all("RECORD").map(|record| only_selected(record, shot)).collect();
            runs.bag_of(records.iter())
        };
        if let Some((count, (key, data))) = missing(&selected(whole), &[&selected(shot)]) {
            return shot.fails(format_args!("{count} records are missing, one of {key}"), data);
        }
    }
    if let (Ok(plain), Ok(shot)) = (runs.one(FINAL_STATE), runs.one(EXTRA_FIELDS))
        && shot.succeeded()
    {
        must_have(runs, shot, &runs.bag(plain), &Bag::new())?;
    }
    Ok(())
}

/// A record without the fields that the catalog of this run leaves out.
fn only_selected(record: &Value, shot: &Shot) -> Value {
    let streams = shot.catalog.as_ref().and_then(|catalog| catalog["streams"].as_array());
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

fn incremental_reads_everything(runs: &Runs) -> Judged {
    let (full, shot) = (runs.one(FULL_REFRESH)?, runs.one(INCREMENTAL)?);
    let mut all = runs.bag(full);
    all.retain(|(key, _), _| runs.stream(key).is_some_and(|stream| stream.supports("incremental")));
    if all.is_empty() {
        return not_applicable("no stream with records supports both full_refresh and incremental");
    }
    shot.must_succeed()?;
    must_have(runs, shot, &all, &Bag::new())
}

fn values_match_their_types(runs: &Runs) -> Judged {
    for (shot, record) in records(runs)? {
        let Some(stream) = runs.stream(&Key::of_record(record)) else { continue };
        if let Some(why) = mismatch(&stream.value["json_schema"], &record["data"], &stream.key.to_string()) {
            return shot.fails(why, record);
        }
    }
    Ok(())
}

fn changes_have_reasons(runs: &Runs) -> Judged {
    let mut seen = false;
    for (shot, record) in records(runs)? {
        for change in record["meta"]["changes"].as_array().into_iter().flatten() {
            seen = true;
            let known = change["change"] == "NULLED" || change["change"] == "TRUNCATED";
            let reason = change["reason"].as_str().unwrap_or_default();
            let reasons =
                ["RECORD_SIZE_LIMITATION", "FIELD_SIZE_LIMITATION", "SERIALIZATION_ERROR", "RETRIEVAL_ERROR"];
            let reason = reason.strip_prefix("SOURCE_").is_some_and(|reason| reasons.contains(&reason));
            if !known || !reason || !change["field"].is_string() {
                return shot.fails("a change without field, known change, or a reason of the source", change);
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no record announces a change") }
}
