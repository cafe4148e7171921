//! The secrets of a configuration, which reports must not show: logs of tests may be public.

use airbyte_spec_rules::is_credential;
use serde_json::Value;

/// Collects the values of fields that the spec marks as secret.
pub(super) fn marked(schema: &Value, value: &Value, found: &mut Vec<String>) {
    if schema["airbyte_secret"] == true {
        texts(value, found);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            marked(property, value, found);
        }
    }
    for option in schema["oneOf"].as_array().into_iter().flatten() {
        marked(option, value, found);
    }
    for item in value.as_array().into_iter().flatten() {
        marked(&schema["items"], item, found);
    }
}

/// Collects the values of fields that are named like credentials, for a spec that is unknown or incomplete.
pub(super) fn named(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let names = || fields.keys().map(String::as_str);
            for (name, value) in fields {
                match value {
                    Value::Object(_) => named(value, found),
                    _ if is_credential(name, names()) => texts(value, found),
                    _ => named(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| named(item, found)),
        _ => {}
    }
}

/// Returns the configurations in CONTROL messages, which may contain new tokens.
pub(super) fn from_control_messages(stdout: &str) -> impl Iterator<Item = Value> {
    let lines = stdout.lines().filter(|line| line.contains("CONTROL"));
    let messages = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages.map(|mut message| message["control"]["connectorConfig"]["config"].take())
}

fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|value| texts(value, found)),
        Value::String(text) if !found.contains(text) => found.push(text.clone()),
        Value::String(_) => {}
        Value::Number(number) => found.push(number.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn collects_values_marked_secret_or_named_like_credentials() {
        let config = json!({
            "city": "Oslo", "apiKey": "k-1", "login": {"kind": "token", "value": "v-1"},
            "credentials": {"client_id": "id", "client_secret": "s-1"}, "tokens": [{"token": ["t-1", 7]}],
        });
        let mut found = Vec::new();
        named(&config, &mut found);
        assert_eq!(found, ["k-1", "s-1", "t-1", "7"]);
        let value = json!({"properties": {"value": {"type": "string", "airbyte_secret": true}}});
        let schema = json!({"properties": {"login": {"oneOf": [{"properties": {}}, value]}}});
        let mut found = Vec::new();
        marked(&schema, &config, &mut found);
        assert_eq!(found, ["v-1"]);
    }
}
