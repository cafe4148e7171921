//! Rust type → the JSON Schema dialect that Airbyte reads in a catalog.
//!
//! Draft 7 with everything inlined; every field may be null and none is required, since destinations know no other
//! columns; dates and times carry the `airbyte_type` that tells those with a zone from those without.

mod check;
mod union;

pub(crate) use self::check::problems;

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
        let named = match root.shift_remove("definitions") {
            Some(Value::Object(named)) => named,
            _ => Map::new(),
        };
        // Asked of what schemars wrote: in the dialect every object may have more than its fields.
        let open = is_open(&root);
        schema.extend(Dialect { named }.write(root));
        if open {
            schema.insert("additionalProperties".to_owned(), json!({}));
        }
    }
    schema
}

/// Whether a record has keys that nobody knows beforehand, which come out of a flattened map. Enums that were flattened
/// are options of the record itself.
fn is_open(root: &Map<String, Value>) -> bool {
    ADDITIONAL.iter().any(|word| root.get(*word).is_some_and(|rest| *rest != Value::Bool(false)))
        || ["allOf", "anyOf", "oneOf"]
            .iter()
            .filter_map(|word| root.get(*word)?.as_array())
            .flatten()
            .any(|option| option.as_object().is_some_and(is_open))
}

/// Where schemars says what else an object holds: the second if one of several is flattened into it, the third if
/// the keys are no texts.
const ADDITIONAL: [&str; 3] = ["additionalProperties", "unevaluatedProperties", "patternProperties"];

struct Dialect {
    /// The schemas of recursive types, which are not inlined.
    named: Map<String, Value>,
}

impl Dialect {
    /// One schema, and those within it.
    fn write(&self, mut schema: Map<String, Value>) -> Map<String, Value> {
        if let Some(Value::String(name)) = schema.shift_remove("$ref") {
            schema.extend(self.cut(&name));
        }
        self.resolve_options(&mut schema);
        let mut result = Map::new();
        if let Some(ty) = schema.shift_remove("type") {
            result.insert("type".to_owned(), ty);
        }
        if result.get("type").is_some_and(|ty| names(ty, "integer") || names(ty, "number")) {
            // Widths of Rust's numbers: no JSON Schema formats, and limits that no destination heeds.
            ["format", "minimum", "maximum"].iter().for_each(|key| drop(schema.shift_remove(*key)));
        }
        if let Some(Value::String(description)) = schema.get_mut("description") {
            // One that is included from a file ends with a line break.
            *description = description.trim().to_owned();
        }
        if let Some(format) = schema.shift_remove("format") {
            add_format(&mut result, &format);
        }
        // What is there is written, and what is not is no affair of a default: that is said to whoever reads it.
        ["required", "default"].iter().for_each(|key| drop(schema.shift_remove(*key)));
        // A tuple, and a map whose keys are no texts.
        if let Some(Value::Array(items)) = schema.shift_remove("prefixItems") {
            let items = items.into_iter().map(|item| self.child(item)).collect();
            schema.insert("items".to_owned(), union::of(items).into());
        }
        if let Some(Value::Object(patterns)) = schema.shift_remove("patternProperties")
            && let Some(values) = patterns.into_iter().next().map(|(_, values)| values)
        {
            schema.insert("additionalProperties".to_owned(), values);
        }
        if let Some(rest) = schema.shift_remove("unevaluatedProperties") {
            schema.entry("additionalProperties").or_insert(rest);
        }
        // The tag of an enum. Written as null it would not be the constant.
        if let Some(only) = schema.shift_remove("const") {
            schema.insert("enum".to_owned(), vec![only].into());
        }
        for (key, value) in schema {
            let value = match (key.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    properties.into_iter().map(|(name, field)| (name, nullable(self.child(field)))).collect()
                }
                // What a list holds, and what a map holds.
                ("items" | "additionalProperties", value @ Value::Object(_)) => {
                    let value = self.child(value);
                    if may_be_nan(&value) { nullable(value) } else { value }
                }
                ("items", _) => json!({}),
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
    fn child(&self, schema: Value) -> Value {
        match schema {
            Value::Object(schema) => self.write(schema).into(),
            _ => json!({}),
        }
    }

    /// Instead of a recursive type once more: an object of which nothing is said, if it is one.
    fn cut(&self, name: &str) -> Map<String, Value> {
        let named = name.strip_prefix("#/definitions/").map(|name| self.named.get(name));
        let is_object = named.is_none_or(|named| {
            named.and_then(|named| named.get("type")).is_some_and(|ty| names(ty, "object"))
        });
        let mut cut = Map::new();
        if is_object {
            cut.insert("type".to_owned(), "object".into());
            cut.insert("additionalProperties".to_owned(), true.into());
        }
        cut
    }

    /// Writes what may be one of several as [`union::of`] does, and puts the fields of flattened enums among the others.
    fn resolve_options(&self, schema: &mut Map<String, Value>) {
        for word in ["allOf", "anyOf", "oneOf"] {
            let Some(Value::Array(options)) = schema.shift_remove(word) else {
                continue;
            };
            // Each of them in turn may be one of several, when enums were flattened.
            let options = options.into_iter().map(|option| self.child(option)).collect();
            let mut options = union::of(options);
            if let (Some(Value::Object(own)), Some(Value::Object(more))) =
                (schema.get_mut("properties"), options.get_mut("properties"))
            {
                for (name, field) in std::mem::take(more) {
                    own.entry(name).or_insert(field);
                }
            }
            for (key, value) in options {
                schema.entry(key).or_insert(value);
            }
        }
    }
}

/// Whether it may be a number that JSON has no form for: that is written as null.
fn may_be_nan(schema: &Value) -> bool {
    let number = |schema: &Value| schema.get("type") == Some(&json!("number"));
    let options = schema.get("oneOf").and_then(Value::as_array);
    number(schema) || options.is_some_and(|options| options.iter().any(number))
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
    if let Some(options) = schema.get_mut("oneOf").and_then(Value::as_array_mut)
        && !options.iter().any(|option| option.get("type") == Some(&json!("null")))
    {
        options.insert(0, json!({"type": "null"}));
    }
    schema
}

/// The formats of dates and times as the protocol spells them; it knows no others.
fn add_format(schema: &mut Map<String, Value>, format: &Value) {
    let (format, airbyte_type) = match format.as_str() {
        Some(known @ ("date" | "time")) => (known, None),
        Some("date-time") => ("date-time", Some("timestamp_with_timezone")),
        Some("partial-date-time") => ("date-time", Some("timestamp_without_timezone")),
        Some("partial-time") => ("time", Some("time_without_timezone")),
        _ => return,
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
            "map": {"type": ["null", "object"], "additionalProperties": {"type": ["null", "number"]}},
        });
        let schema = of_record::<Everything>();
        assert_eq!(schema["properties"], expected);
        assert_eq!(schema["type"], "object");
        assert!(!Value::from(schema).to_string().contains("required"));
    }
}
