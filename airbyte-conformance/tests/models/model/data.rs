//! The spec, the catalog and the records of the API.

use crate::has;
use serde_json::{Value, json};

pub(crate) fn orders() -> Vec<Value> {
    let note = |id| if id == 2 { "café" } else { "correct" };
    (1..10).map(|id| json!({"id": id, "updated": 100 + id, "note": note(id)})).collect()
}

pub(crate) fn customers() -> Vec<Value> {
    (1..8)
        .map(|id| json!({"id": id, "seen": format!("2024-03-{}T08:00:00Z", 10 + id), "note": null}))
        .collect()
}

pub(crate) const SHOPS: [&str; 2] = ["north", "south"];

pub(crate) fn visits(shop: &str) -> Vec<Value> {
    (1..5).map(|day| json!({"shop": shop, "day": format!("2024-05-0{day}"), "note": null})).collect()
}

pub(crate) fn colours() -> Vec<Value> {
    ["red", "green", "green", "blue"].iter().map(|name| json!({"name": name, "note": null})).collect()
}

pub(crate) fn pages() -> Vec<Value> {
    [1, 2, 2, 3].iter().map(|page| json!({"page": page, "note": null})).collect()
}

/// Returns a stream with these fields and `note`. The fields in `more` are added, or replace those of each stream.
fn stream(name: &str, mut fields: Value, more: &Value) -> Value {
    let note = if has("null_is_not_declared") { json!("string") } else { json!(["null", "string"]) };
    fields["note"] = json!({"type": note});
    let mut stream = json!({
        "name": name,
        "json_schema": {"type": "object", "properties": fields},
        "supported_sync_modes": ["full_refresh"],
    });
    for (field, value) in more.as_object().into_iter().flatten() {
        stream[field] = value.clone();
    }
    stream
}

fn incremental(name: &str, cursor: &str, key: &[&str], fields: Value) -> Value {
    let key: Vec<[&str; 1]> = key.iter().map(|part| [*part]).collect();
    let more = json!({
        "supported_sync_modes": ["full_refresh", "incremental"],
        "source_defined_cursor": true,
        "default_cursor_field": [cursor],
        "source_defined_primary_key": key,
        "is_resumable": true,
    });
    stream(name, fields, &more)
}

pub(crate) fn streams() -> Vec<Value> {
    let (text, whole) = (json!(["null", "string"]), json!(["null", "integer"]));
    vec![
        // A key that is never null need not be nullable.
        incremental(
            "orders",
            "updated",
            &["id"],
            json!({"id": {"type": "integer"}, "updated": {"type": whole}}),
        ),
        incremental(
            "customers",
            "seen",
            &["id"],
            json!({"id": {"type": whole}, "seen": {"type": text, "format": "date-time"}}),
        ),
        incremental(
            "visits",
            "day",
            if has("key_is_unique_in_its_partition_only") { &["day"] } else { &["shop", "day"] },
            json!({"shop": {"type": text}, "day": {"type": text, "format": "date"}}),
        ),
        stream("colours", json!({"name": {"type": text}}), &json!({"namespace": "paint"})),
        stream("pages", json!({"page": {"type": whole}}), &json!({"is_resumable": true})),
    ]
}

pub(crate) fn spec() -> Value {
    json!({
        "connectionSpecification": {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": "Model",
            "type": "object",
            "required": ["token"],
            "properties": {
                "token": {"type": "string", "title": "Token", "airbyte_secret": true, "order": 0},
                "place": {"type": "string", "title": "Place", "default": "here", "order": 1},
            },
        },
    })
}
