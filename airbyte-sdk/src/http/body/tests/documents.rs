//! Generates JSON documents for property tests.

use proptest::prelude::*;
use serde_json::{Map, Value};

fn texts() -> impl Strategy<Value = String> {
    const AWKWARD: &[&str] = &[
        "results",
        "data",
        "",
        "\"results\":[",
        "]}",
        "\\",
        "\\\"",
        "a\"b",
        "\u{2028}é🚀\n\t\u{1}",
        "data.results",
    ];
    prop_oneof![prop::sample::select(AWKWARD).prop_map(str::to_owned), "\\PC{0,9}"]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        texts().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            objects(inner).prop_map(Value::from),
        ]
    })
}

fn objects(values: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec((texts(), values), 0..5).prop_map(|fields| fields.into_iter().collect())
}

/// Generates a document that has an array at the path, another value, or nothing.
pub(super) fn documents() -> impl Strategy<Value = (String, Value)> {
    let around = || (objects(values()), objects(values()));
    let wrap =
        |key: &str, value: Value, (mut before, mut after): (Map<String, Value>, Map<String, Value>)| {
            before.remove(key);
            after.remove(key);
            before.insert(key.to_owned(), value);
            before.extend(after);
            Value::from(before)
        };
    let array = || prop::collection::vec(values(), 0..9).prop_map(Value::from);
    prop_oneof![
        (values(), prop::sample::select(&["", "results", "data.results"][..]))
            .prop_map(|(value, path)| (path.to_owned(), value)),
        array().prop_map(|array| (String::new(), array)),
        (array(), around())
            .prop_map(move |(array, around)| ("results".to_owned(), wrap("results", array, around))),
        (array(), around(), around()).prop_map(move |(array, around, outside)| {
            ("data.results".to_owned(), wrap("data", wrap("results", array, around), outside))
        }),
    ]
}

/// Escapes the letters of all strings and keys as `\u….`. Callers must ignore documents that this makes invalid.
pub(super) fn escaped(text: &str) -> String {
    let mut within = false;
    let mut backslash = false;
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '"' if !backslash => within = !within,
            _ if within && !backslash && character.is_ascii_lowercase() => {
                escaped.push_str(&format!("\\u{:04x}", u32::from(character)));
                continue;
            }
            _ => {}
        }
        backslash = character == '\\' && !backslash;
        escaped.push(character);
    }
    escaped
}
