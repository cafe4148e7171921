//! Clauses about the catalog: streams, their keys, cursors and schemas.

use super::{Clause, clause};
use crate::run_names::{DISCOVER, SELECTED};
use crate::runs::{Checked, Key, Runs, Stream, fails};
use crate::values::types;
use serde_json::Value;
use std::collections::HashSet;

pub(super) const CLAUSES: &[Clause] = &[
    clause(
        "catalog_streams",
        "the catalog has streams, each with a unique name, sync modes, and a schema with properties",
        catalog_streams,
    ),
    clause(
        "catalog_paths",
        "primary keys and cursors are fields of the schema; keys are not objects or arrays; an incremental stream has a cursor",
        catalog_paths,
    ),
    clause("incremental_is_resumable", "an incremental stream sets is_resumable", incremental_is_resumable),
    clause(
        "schema_keywords",
        "schemas do not contain $ref, allOf, not, or additionalProperties: false",
        schema_keywords,
    ),
    clause(
        "schema_nullability",
        "a field that is null or missing in a record is nullable, and no field is required",
        schema_nullability,
    ),
    clause("schema_types", "airbyte_type and format are known and match the type", schema_types),
];

fn catalog_streams(runs: &Runs) -> Checked {
    let captured = runs.one(DISCOVER)?;
    if runs.streams.is_empty() {
        return captured.fails("the catalog has no stream", &captured.stdout);
    }
    // With a misspelled name in a test, nothing would be checked.
    if let Some(name) =
        runs.wanted.iter().find(|name| !runs.streams.iter().any(|stream| stream.value["name"] == ***name))
    {
        return captured
            .fails(format_args!("there is no stream {name}, which the test selects"), &captured.stdout);
    }
    let mut keys = HashSet::new();
    for Stream { key, value } in &runs.streams {
        if value["name"].as_str().is_none_or(str::is_empty) || !keys.insert(key) {
            return fails(format_args!("the name {key} is empty or not unique"), value);
        }
        let modes = value["supported_sync_modes"].as_array();
        let known = |mode: &Value| *mode == "full_refresh" || *mode == "incremental";
        if !modes.is_some_and(|modes| !modes.is_empty() && modes.iter().all(known)) {
            return fails(format_args!("{key} has no sync mode or an unknown one"), value);
        }
        let schema = &value["json_schema"];
        if !types(schema).contains(&"object") || !schema["properties"].is_object() {
            return fails(format_args!("the schema of {key} is not an object with properties"), value);
        }
    }
    Ok(())
}

fn catalog_paths(runs: &Runs) -> Checked {
    for stream in runs.streams()? {
        let key = &stream.key;
        for path in stream.primary_key() {
            let Some(field) = stream.field(&path).filter(|_| !path.is_empty()) else {
                return fails(
                    format_args!("the primary key {} of {key} is not in its schema", path.join(".")),
                    &stream.value,
                );
            };
            if types(field).iter().any(|name| matches!(*name, "object" | "array")) {
                return fails(
                    format_args!("the primary key {} of {key} is an object or array", path.join(".")),
                    field,
                );
            }
        }
        let cursor = stream.cursor();
        if stream.field(&cursor).is_none() {
            return fails(
                format_args!("the cursor {} of {key} is not in its schema", cursor.join(".")),
                &stream.value,
            );
        }
        // Without a cursor in the catalog, the user selects a field.
        let selectable =
            stream.value["json_schema"]["properties"].as_object().is_some_and(|fields| !fields.is_empty());
        let has_cursor = stream.value["source_defined_cursor"] == true || !cursor.is_empty() || selectable;
        if stream.supports("incremental") && !has_cursor {
            return fails(format_args!("{key} is incremental and has no cursor"), &stream.value);
        }
    }
    Ok(())
}

fn incremental_is_resumable(runs: &Runs) -> Checked {
    match runs.streams()?.iter().find(|stream| stream.supports("incremental") && !stream.is_resumable()) {
        Some(stream) => fails(format_args!("{} does not set is_resumable", stream.key), &stream.value),
        None => Ok(()),
    }
}

/// Returns all schemas of a stream with their paths; the first is the root.
fn schemas(stream: &Stream) -> Vec<(String, &Value)> {
    let mut schemas = vec![(stream.key.to_string(), &stream.value["json_schema"])];
    let mut next = 0;
    while let Some((place, schema)) = schemas.get(next) {
        let (place, schema) = (place.clone(), *schema);
        let properties = schema["properties"].as_object().into_iter().flatten();
        schemas.extend(properties.map(|(name, schema)| (format!("{place}.{name}"), schema)));
        schemas.extend(schema.get("items").map(|schema| (format!("{place}[]"), schema)));
        let options = ["oneOf", "anyOf"].iter().filter_map(|keyword| schema[*keyword].as_array()).flatten();
        schemas.extend(options.map(|schema| (format!("{place}, an option"), schema)));
        next += 1;
    }
    schemas
}

fn schema_keywords(runs: &Runs) -> Checked {
    for (place, schema) in runs.streams()?.iter().flat_map(schemas) {
        if let Some(keyword) = ["$ref", "allOf", "not"].iter().find(|keyword| schema.get(**keyword).is_some())
        {
            return fails(format_args!("{place} has {keyword}"), schema);
        }
        if schema["additionalProperties"] == false {
            return fails(format_args!("{place} forbids additional properties"), schema);
        }
    }
    Ok(())
}

fn schema_nullability(runs: &Runs) -> Checked {
    for (place, schema) in runs.streams()?.iter().flat_map(schemas) {
        if schema["required"].as_array().is_some_and(|fields| !fields.is_empty()) {
            return fails(format_args!("{place} has required fields"), schema);
        }
    }
    // A field that is never null does not need to be nullable.
    for captured in runs.reads().filter(|captured| captured.name != SELECTED) {
        for record in captured.all("RECORD") {
            let Some(stream) = runs.stream(&Key::of_record(record)) else { continue };
            for (name, field) in stream.value["json_schema"]["properties"].as_object().into_iter().flatten() {
                let types = types(field);
                if record["data"][name].is_null() && !types.is_empty() && !types.contains(&"null") {
                    return captured.fails(
                        format_args!("{name} of {} is null or missing, and not nullable", stream.key),
                        record,
                    );
                }
            }
        }
    }
    Ok(())
}

fn schema_types(runs: &Runs) -> Checked {
    const TYPES: [&str; 7] = ["null", "string", "boolean", "integer", "number", "array", "object"];
    for (place, schema) in runs.streams()?.iter().flat_map(schemas) {
        let types = types(schema);
        if types.iter().any(|name| !TYPES.contains(name)) {
            return fails(format_args!("{place} has an unknown type"), schema);
        }
        let has = |name: &str| types.contains(&name);
        let (format, airbyte_type) = (schema["format"].as_str(), schema["airbyte_type"].as_str());
        let fits = match (format, airbyte_type) {
            (None, None) => true,
            (Some("date" | "date-time"), None) => has("string"),
            (Some("date-time"), Some("timestamp_with_timezone" | "timestamp_without_timezone"))
            | (Some("time"), Some("time_with_timezone" | "time_without_timezone")) => has("string"),
            (None, Some("integer")) => has("integer") || has("number"),
            (None, Some("json")) => true,
            _ => false,
        };
        if !fits {
            return fails(
                format_args!(
                    "{place} has an unknown format or airbyte_type, or one that does not match the type"
                ),
                schema,
            );
        }
    }
    Ok(())
}
