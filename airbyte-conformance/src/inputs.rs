//! Input files, made from what the connector returned.

use super::runs::Stream;
use serde_json::{Value, json};

/// Returns a configured catalog of these streams, as the platform writes it.
pub(super) fn configured(streams: &[Stream], sync_mode: &str) -> Value {
    let configured = streams.iter().map(|stream| {
        let first = stream.value["supported_sync_modes"][0].as_str().unwrap_or("full_refresh");
        let mode = if stream.supports(sync_mode) { sync_mode } else { first };
        let mut configured = json!({
            "stream": stream.value, "sync_mode": mode, "destination_sync_mode": "append",
            "generation_id": 1, "minimum_generation_id": 0, "sync_id": 1,
        });
        for (to, from) in
            [("cursor_field", "default_cursor_field"), ("primary_key", "source_defined_primary_key")]
        {
            if let Some(value) = stream.value.get(from) {
                configured[to] = value.clone();
            }
        }
        configured
    });
    json!({"streams": configured.collect::<Vec<_>>()})
}

/// Returns the catalog with only keys and cursors as fields; `None` if there are no others.
pub(super) fn selected(streams: &[Stream], catalog: &Value) -> Option<Value> {
    let mut selected = catalog.clone();
    for (index, stream) in streams.iter().enumerate() {
        let mut kept: Vec<_> = stream.primary_key().iter().filter_map(|path| path.first().copied()).collect();
        kept.extend(stream.cursor().first());
        let properties = selected["streams"][index]["stream"]["json_schema"]["properties"].as_object_mut()?;
        // A stream without either keeps its first field.
        let first = properties.keys().next().cloned();
        if kept.is_empty() {
            kept.extend(first.as_deref());
        }
        properties.retain(|name, _| kept.contains(&&**name));
    }
    (selected != *catalog).then_some(selected)
}

/// Adds an unknown field to every object of a list of states, except within `stream_state`.
pub(super) fn add_unknown_fields(states: &mut Value) {
    for state in states.as_array_mut().into_iter().flatten() {
        for place in ["", "/stream", "/stream/stream_descriptor", "/global"] {
            if let Some(Value::Object(object)) = state.pointer_mut(place) {
                object.insert("unknown_field_8642135".to_owned(), json!({"some": 1}));
            }
        }
        state["id"] = 7.into();
        state["sourceStats"] = json!({"recordCount": 3.0, "additionalStats": {"a": 1.0}});
        state["destinationStats"] = json!({"recordCount": 3.0});
    }
}

pub(super) fn add_unknown_fields_to_catalog(catalog: &mut Value) {
    for configured in catalog["streams"].as_array_mut().into_iter().flatten() {
        configured["unknown_field_8642135"] = json!({"some": 1});
        configured["stream"]["unknown_field_8642135"] = json!([1, {"some": 1}]);
    }
    catalog["unknown_field_8642135"] = json!({"some": 1});
}
