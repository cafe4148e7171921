//! Schemas of unions: enums with data, and tuples.
//!
//! Problem: destinations store a union as text. Idea: options of the same JSON type are merged into one: objects with the
//! fields of all, strings with all enum values. A `oneOf` remains only for options of different types, so a value never
//! matches two of them.

use serde_json::{Map, Value, json};

/// Returns the schema of a value that matches one of these; an empty schema if one of them is not a simple type.
pub(super) fn of(options: Vec<Value>) -> Map<String, Value> {
    let mut merged: Vec<Map<String, Value>> = Vec::new();
    let mut null = false;
    for option in flattened(options) {
        let Value::Object(mut option) = option else { return Map::new() };
        let types = types(&option);
        null |= types.iter().any(|ty| ty == "null");
        let mut others = types.iter().filter(|ty| *ty != "null");
        match (others.next(), others.next()) {
            (Some(only), None) => {
                option.insert("type".to_owned(), only.as_str().into());
                if let Some(values) = option.get_mut("enum").and_then(Value::as_array_mut) {
                    values.retain(|value| !value.is_null());
                }
                add(&mut merged, option);
            }
            (None, _) if null && types.len() == 1 => {}
            _ => return Map::new(),
        }
    }
    let mut union = match merged.len() {
        0 => json!({"type": "null"}),
        1 => Value::Object(merged.remove(0)),
        _ => json!({"oneOf": merged}),
    };
    if null {
        union = super::nullable(union);
    }
    match union {
        Value::Object(union) => union,
        _ => Map::new(),
    }
}

/// Replaces options that are unions by their options.
fn flattened(options: Vec<Value>) -> Vec<Value> {
    let mut flat = Vec::new();
    for mut option in options {
        match option.get_mut("oneOf").map(Value::take) {
            Some(Value::Array(inner)) => flat.extend(inner),
            _ => flat.push(option),
        }
    }
    flat
}

fn types(option: &Map<String, Value>) -> Vec<String> {
    match option.get("type") {
        Some(Value::String(only)) => vec![only.clone()],
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

fn add(merged: &mut Vec<Map<String, Value>>, option: Map<String, Value>) {
    let number = |ty: &Value| ty == "integer" || ty == "number";
    let (ty, is_number) = (option["type"].clone(), number(&option["type"]));
    let same = merged.iter_mut().find(|other| other["type"] == ty || is_number && number(&other["type"]));
    match same {
        None => merged.push(option),
        Some(other) if *other == option => {}
        Some(other) => merge(other, option),
    }
}

/// Merges two schemas of the same type into one that accepts the values of both.
fn merge(into: &mut Map<String, Value>, mut other: Map<String, Value>) {
    match (into.get_mut("enum"), other.shift_remove("enum")) {
        (Some(Value::Array(values)), Some(Value::Array(more))) => {
            for value in more {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
        }
        _ => drop(into.shift_remove("enum")),
    }
    if let Some(Value::Object(fields)) = other.shift_remove("properties") {
        match into.entry("properties").or_insert_with(|| json!({})) {
            Value::Object(own) => {
                for (name, field) in fields {
                    let field = match own.get_mut(&name).map(Value::take) {
                        Some(before) => super::nullable(of(vec![before, field]).into()),
                        None => field,
                    };
                    own.insert(name, field);
                }
            }
            own => *own = Value::Object(fields),
        }
        into.insert("additionalProperties".to_owned(), true.into());
    }
    if let (Some(own), Some(items)) = (into.get_mut("items").map(Value::take), other.shift_remove("items")) {
        into.insert("items".to_owned(), of(vec![own, items]).into());
    }
    if into.get("type") != other.get("type") {
        into.insert("type".to_owned(), "number".into()); // one is `integer`
    }
    // Formats, limits and descriptions that differ apply to one of the two only.
    let kept = ["type", "enum", "properties", "items", "additionalProperties"];
    into.retain(|key, value| kept.contains(&key.as_str()) || other.get(key) == Some(value));
}
