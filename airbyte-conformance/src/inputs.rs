//! Input files: made from what the connector itself says, and spoilt or enriched.

use super::runs::Stream;
use serde_json::{Value, json};

/// A configured catalog of these streams, as a platform hands it over.
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

/// The catalog with keys and cursors as the only columns; `None` if there are no others.
pub(super) fn selected(streams: &[Stream], catalog: &Value) -> Option<Value> {
    let mut selected = catalog.clone();
    for (index, stream) in streams.iter().enumerate() {
        let mut kept: Vec<_> = stream.primary_key().iter().filter_map(|path| path.first().copied()).collect();
        kept.extend(stream.cursor().first());
        let properties = selected["streams"][index]["stream"]["json_schema"]["properties"].as_object_mut()?;
        // Something must be left of a stream without either.
        let first = properties.keys().next().cloned();
        if kept.is_empty() {
            kept.extend(first.as_deref());
        }
        properties.retain(|name, _| kept.contains(&&**name));
    }
    (selected != *catalog).then_some(selected)
}

/// Adds an unknown field to every object of a list of states, except in what is the connector's own.
pub(super) fn sprinkle(states: &mut Value) {
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

pub(super) fn sprinkle_catalog(catalog: &mut Value) {
    for configured in catalog["streams"].as_array_mut().into_iter().flatten() {
        configured["unknown_field_8642135"] = json!({"some": 1});
        configured["stream"]["unknown_field_8642135"] = json!([1, {"some": 1}]);
    }
    catalog["unknown_field_8642135"] = json!({"some": 1});
}
