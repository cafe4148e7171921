//! Records: whose they are, when they were sent, and what is in them.

use super::{Clause, clause};
use crate::names::*;
use crate::runs::{Judged, Key, Runs, Shot, at, not_applicable};
use crate::values::mismatch;
use serde_json::Value;
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
