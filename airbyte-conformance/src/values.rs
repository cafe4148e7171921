//! Validates values by their schema in a catalog: types, formats, arrays and objects.

use base64::Engine;
use regex_lite::Regex;
use serde_json::Value;
use std::sync::LazyLock;

const DATE: &str = r"\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])";
const TIME: &str = r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?";
const ZONE: &str = r"(Z|[+\-]\d{1,2}:\d{2})";

static FORMATS: LazyLock<[(&str, Option<Regex>); 5]> = LazyLock::new(|| {
    [
        ("date", format!("^{DATE}( BC)?$")),
        ("timestamp_with_timezone", format!("^{DATE}T{TIME}{ZONE}( BC)?$")),
        ("timestamp_without_timezone", format!("^{DATE}T{TIME}( BC)?$")),
        ("time_with_timezone", format!("^{TIME}{ZONE}$")),
        ("time_without_timezone", format!("^{TIME}$")),
    ]
    .map(|(name, pattern)| (name, Regex::new(&pattern).ok()))
});

/// Returns the path and the reason if a value does not match its schema.
pub(super) fn mismatch(schema: &Value, value: &Value, place: &str) -> Option<String> {
    if let Some(options) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        let fits = options.iter().any(|option| mismatch(option, value, place).is_none());
        return (!fits).then(|| format!("{place} matches none of its options: {value}"));
    }
    let types = types(schema);
    if !types.is_empty() && !types.iter().any(|name| is_a(schema, value, name)) {
        let format = schema["airbyte_type"].as_str().or(schema["format"].as_str());
        return Some(format!(
            "{place} is not of the type {}: {value}",
            format.unwrap_or(&types.join(" or "))
        ));
    }
    match value {
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            mismatch(schema["properties"].get(name)?, value, &format!("{place}.{name}"))
        }),
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(index, item)| mismatch(&schema["items"], item, &format!("{place}[{index}]")))
        }
        _ => None,
    }
}

/// Returns the names of the types that a schema allows.
pub(super) fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_a(schema: &Value, value: &Value, name: &str) -> bool {
    match (name, value) {
        ("null", Value::Null)
        | ("boolean", Value::Bool(_))
        | ("object", Value::Object(_))
        | ("array", Value::Array(_)) => true,
        ("integer", Value::Number(_)) => is_integer(value),
        ("number", Value::Number(_)) => schema["airbyte_type"] != "integer" || is_integer(value),
        ("string", Value::String(text)) => fits(schema, text),
        _ => false,
    }
}

/// Returns whether a number is written without a fraction. Above 64 bits this is unknown, and accepted.
fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.abs() >= 9.2e18)
}

fn fits(schema: &Value, text: &str) -> bool {
    let name = match (schema["format"].as_str(), schema["airbyte_type"].as_str()) {
        (Some("date-time"), None) => "timestamp_with_timezone",
        (Some("date-time" | "time"), Some(name)) => name,
        (Some(name), _) => name,
        (None, _) if schema["contentEncoding"] == "base64" => {
            return base64::engine::general_purpose::STANDARD.decode(text).is_ok();
        }
        (None, _) => return true,
    };
    let format = FORMATS.iter().find(|(known, _)| *known == name);
    format.and_then(|(_, pattern)| pattern.as_ref()).is_none_or(|pattern| pattern.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::mismatch;
    use serde_json::{Value, json};

    fn check(schema: &Value, good: &[Value], bad: &[Value]) {
        for value in good {
            assert_eq!(mismatch(schema, value, "it"), None, "{schema}");
        }
        for value in bad {
            assert!(mismatch(schema, value, "it").is_some(), "{schema} must not take {value}");
        }
    }

    #[test]
    fn values_are_validated_by_type_and_format() {
        check(
            &json!({"type": ["null", "integer"]}),
            &[json!(1), json!(-3), Value::Null],
            &[json!(1.0), json!("1")],
        );
        check(&json!({"type": "number"}), &[json!(1), json!(1.5)], &[json!("NaN"), Value::Null]);
        check(&json!({"type": "number", "airbyte_type": "integer"}), &[json!(1)], &[json!(1.5)]);
        check(&json!({"type": "boolean"}), &[json!(true)], &[json!(1), json!("true")]);
        let dates = [json!("2024-02-29"), json!("0044-03-15 BC")];
        check(
            &json!({"type": "string", "format": "date"}),
            &dates,
            &[json!("2024-13-01"), json!("2024-1-1"), json!(1)],
        );
        let times = [json!("2024-01-01T00:00:00Z"), json!("2024-01-01T23:59:60.123456789+05:30")];
        let no_times = [json!("2024-01-01 00:00:00Z"), json!("2024-01-01T00:00:00"), json!(1_704_067_200)];
        check(&json!({"type": "string", "format": "date-time"}), &times, &no_times);
        let local =
            json!({"type": "string", "format": "date-time", "airbyte_type": "timestamp_without_timezone"});
        check(&local, &[json!("2024-01-01T00:00:00.5")], &[json!("2024-01-01T00:00:00Z")]);
        let time = json!({"type": "string", "format": "time", "airbyte_type": "time_without_timezone"});
        check(&time, &[json!("12:00:00")], &[json!("24:00:00"), json!("12:00"), json!("12:00:00Z")]);
        let nested =
            json!({"type": "object", "properties": {"a": {"type": "array", "items": {"type": "integer"}}}});
        check(&nested, &[json!({"a": [1, 2], "b": 1}), json!({})], &[json!({"a": [1, "2"]}), json!([])]);
        let bytes = json!({"type": "string", "contentEncoding": "base64"});
        check(&bytes, &[json!("aGk=")], &[json!("hi!")]);
        check(&json!({}), &[json!(1), Value::Null], &[]);
        check(&json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}), &[json!(1)], &[json!(1.5)]);
    }
}
