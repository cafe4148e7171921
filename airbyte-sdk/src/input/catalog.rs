//! The configured catalog: which streams to read, and in which sync mode.

use super::file::Role;
use super::json;
use crate::error::Result;
use crate::problems::{Problems, kind_of};
use crate::protocol::ConfiguredAirbyteCatalog;
use serde_json::Value;
use std::path::Path;

/// Reads a configured catalog.
pub(crate) fn catalog(path: &Path) -> Result<ConfiguredAirbyteCatalog> {
    let value = json(path, Role::Catalog)?;
    let what = Role::Catalog.describe(path);
    let problems = problems_of(&value);
    if !problems.is_empty() {
        return Err(problems.into_error(&what));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut problems = Problems::default();
        problems.add(&error.path().to_string(), "does not match the Airbyte protocol");
        problems.into_error(&what)
    })
}

/// Returns all missing fields and wrong types among the fields that a source needs. Other fields are not checked.
fn problems_of(catalog: &Value) -> Problems {
    let mut problems = Problems::default();
    let Some(object) = catalog.as_object() else {
        problems.add("", format!("must be a JSON object with `streams`, not {}", kind_of(catalog)));
        return problems;
    };
    if object.get("type").and_then(Value::as_str) == Some("CATALOG") {
        problems.add(
            "",
            r#"is the output of `discover`: write a configured catalog with the streams to read, {"streams": [{"stream": …, "sync_mode": "incremental", "destination_sync_mode": "append"}]}, where `stream` is an entry of that output"#,
        );
        return problems;
    }
    let Some(streams) = expect(&mut problems, object.get("streams"), "streams", "an array", Value::as_array)
    else {
        return problems;
    };
    for (index, entry) in streams.iter().enumerate() {
        let at = |key: &str| format!("streams[{index}]{key}");
        if expect(&mut problems, Some(entry), &at(""), "an object", Value::as_object).is_none() {
            continue;
        }
        for mode in ["sync_mode", "destination_sync_mode"] {
            expect(&mut problems, entry.get(mode), &at(&format!(".{mode}")), "a string", Value::as_str);
        }
        let stream = entry.get("stream");
        if expect(&mut problems, stream, &at(".stream"), "an object", Value::as_object).is_some() {
            let get = |key: &str| stream.and_then(|stream| stream.get(key));
            expect(&mut problems, get("name"), &at(".stream.name"), "a string", Value::as_str);
            expect(
                &mut problems,
                get("json_schema"),
                &at(".stream.json_schema"),
                "an object",
                Value::as_object,
            );
            let modes = get("supported_sync_modes");
            expect(&mut problems, modes, &at(".stream.supported_sync_modes"), "an array", Value::as_array);
        }
    }
    problems
}

fn expect<'v, T>(
    problems: &mut Problems,
    value: Option<&'v Value>,
    path: &str,
    kind: &str,
    cast: fn(&'v Value) -> Option<T>,
) -> Option<T> {
    let Some(value) = value else {
        problems.add(path, "is missing");
        return None;
    };
    let cast = cast(value);
    if cast.is_none() {
        problems.add(path, format!("must be {kind}, not {}", kind_of(value)));
    }
    cast
}
