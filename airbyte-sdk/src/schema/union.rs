//! What may be one of several things: enums with data, and tuples.
//!
//! Destinations store a union as text, so what can be told apart without one is: options of one JSON type become one
//! (objects with the fields of all, texts with all words), and a union remains of options whose types differ. So no
//! value fits two of them either.

use serde_json::{Map, Value, json};

/// The schema of a value that fits one of these; nothing if one of them says nothing.
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
                if let Some(words) = option.get_mut("enum").and_then(Value::as_array_mut) {
                    words.retain(|word| !word.is_null());
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

/// Options of options.
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

/// Makes one schema of two of the same type: that of all values which fit either.
fn merge(into: &mut Map<String, Value>, mut other: Map<String, Value>) {
    match (into.get_mut("enum"), other.shift_remove("enum")) {
        (Some(Value::Array(words)), Some(Value::Array(more))) => {
            for word in more {
                if !words.contains(&word) {
                    words.push(word);
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
        into.insert("type".to_owned(), "number".into()); // integers among them
    }
    // What only one of them says holds for that one only, or is about it: formats, limits, descriptions.
    let kept = ["type", "enum", "properties", "items", "additionalProperties"];
    into.retain(|key, value| kept.contains(&key.as_str()) || other.get(key) == Some(value));
}
