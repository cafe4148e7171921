//! Rust type → the JSON Schema dialect that Airbyte reads in a catalog.
//!
//! Draft 7 with everything inlined; every field may be null and none is required, since destinations know no other
//! columns; dates and times carry the `airbyte_type` that tells those with a zone from those without.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The schema of a record: an object with `properties`.
pub fn of_record<T: JsonSchema>() -> Map<String, Value> {
    let settings = SchemaSettings::draft07().for_serialize().with(|settings| {
        settings.inline_subschemas = true;
        settings.transforms.clear();
    });
    let generated = settings.into_generator().into_root_schema_for::<T>().to_value();
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), "http://json-schema.org/draft-07/schema#".into());
    if let Value::Object(mut root) = generated {
        // The name of the Rust type is nobody's business; what the author said about it is.
        root.shift_remove("title");
        root.shift_remove("$schema");
        schema.extend(in_dialect(root));
    }
    schema
}

/// One schema, and those within it.
fn in_dialect(mut schema: Map<String, Value>) -> Map<String, Value> {
    unwrap_nullable(&mut schema);
    let mut result = Map::new();
    if let Some(ty) = schema.shift_remove("type") {
        result.insert("type".to_owned(), ty);
    }
    if result.get("type").is_some_and(|ty| names(ty, "integer") || names(ty, "number")) {
        // Widths of Rust's numbers: no JSON Schema formats, and limits that no destination heeds.
        ["format", "minimum", "maximum"].iter().for_each(|key| drop(schema.shift_remove(*key)));
    }
    if let Some(format) = schema.shift_remove("format") {
        add_format(&mut result, &format);
    }
    schema.shift_remove("required");
    for (key, value) in schema {
        let value = match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                properties.into_iter().map(|(name, field)| (name, nullable(child(field)))).collect()
            }
            ("oneOf" | "anyOf" | "allOf", Value::Array(options)) => options.into_iter().map(child).collect(),
            // What a list holds, and what a map holds.
            ("items" | "additionalProperties", value @ Value::Object(_)) => child(value),
            ("additionalProperties", _) => Value::Bool(true),
            (_, value) => value,
        };
        result.insert(key, value);
    }
    if result.contains_key("properties") {
        result.entry("additionalProperties").or_insert(Value::Bool(true));
    }
    result
}

/// `true` accepts any JSON, and so does a schema that says nothing.
fn child(schema: Value) -> Value {
    match schema {
        Value::Object(schema) => in_dialect(schema).into(),
        _ => json!({}),
    }
}

/// `anyOf: [X, null]` is how an optional struct or enum is written; X that may be null says the same.
fn unwrap_nullable(schema: &mut Map<String, Value>) {
    let Some(Value::Array(options)) = schema.get("anyOf") else {
        return;
    };
    let is_null = |option: &&Value| option.get("type") == Some(&json!("null"));
    let mut others = options.iter().filter(|option| !is_null(option));
    if let (Some(Value::Object(only)), None, true) =
        (others.next(), others.next(), options.iter().any(|option| is_null(&option)))
    {
        let only = only.clone();
        schema.shift_remove("anyOf");
        for (key, value) in only {
            schema.entry(key).or_insert(value);
        }
        let field = nullable(std::mem::take(schema).into());
        if let Value::Object(field) = field {
            *schema = field;
        }
    }
}

/// Adds null to what a field may be.
fn nullable(mut schema: Value) -> Value {
    if let Some(ty) = schema.get_mut("type") {
        let mut types = match ty.take() {
            Value::Array(types) => types,
            one => vec![one],
        };
        types.retain(|ty| ty != "null");
        types.insert(0, "null".into());
        *ty = types.into();
    }
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut)
        && !words.contains(&Value::Null)
    {
        words.push(Value::Null);
    }
    schema
}

/// The formats of dates and times as the protocol spells them.
fn add_format(schema: &mut Map<String, Value>, format: &Value) {
    let (format, airbyte_type) = match format.as_str() {
        Some("date-time") => ("date-time", Some("timestamp_with_timezone")),
        Some("partial-date-time") => ("date-time", Some("timestamp_without_timezone")),
        Some("partial-time") => ("time", Some("time_without_timezone")),
        Some(other) => (other, None),
        None => return,
    };
    schema.insert("format".to_owned(), format.into());
    airbyte_type.map(|ty| schema.insert("airbyte_type".to_owned(), ty.into()));
}

fn names(ty: &Value, name: &str) -> bool {
    ty == name || ty.as_array().is_some_and(|types| types.iter().any(|ty| ty == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Everything {
        date: jiff::civil::Date,
        at: jiff::Timestamp,
        local: jiff::civil::DateTime,
        time: jiff::civil::Time,
        small: u8,
        price: f64,
        maybe: Option<i64>,
        inner: Option<Inner>,
        list: Vec<Inner>,
        kind: Option<Kind>,
        any: Value,
        map: std::collections::BTreeMap<String, f64>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Inner {
        name: String,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    enum Kind {
        Big,
        Small,
    }

    #[test]
    fn every_kind_of_field_is_written_in_the_dialect() {
        let inner = json!({"name": {"type": ["null", "string"]}});
        let expected = json!({
            "date": {"type": ["null", "string"], "format": "date"},
            "at": {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"},
            "local": {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_without_timezone"},
            "time": {"type": ["null", "string"], "format": "time", "airbyte_type": "time_without_timezone"},
            "small": {"type": ["null", "integer"]},
            "price": {"type": ["null", "number"]},
            "maybe": {"type": ["null", "integer"]},
            "inner": {"type": ["null", "object"], "properties": inner, "additionalProperties": true},
            "list": {"type": ["null", "array"], "items": {"type": "object", "properties": inner, "additionalProperties": true}},
            "kind": {"type": ["null", "string"], "enum": ["Big", "Small", null]},
            "any": {},
            "map": {"type": ["null", "object"], "additionalProperties": {"type": "number"}},
        });
        let schema = of_record::<Everything>();
        assert_eq!(schema["properties"], expected);
        assert_eq!(schema["type"], "object");
        assert!(!Value::from(schema).to_string().contains("required"));
    }
}
