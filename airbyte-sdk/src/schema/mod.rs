//! Generates schemas in the JSON Schema dialect of Airbyte catalogs.
//!
//! Draft 7 with all references inlined. All fields are nullable and none is required, since destinations have no other kind
//! of column. Dates and times have an `airbyte_type`, which distinguishes those with a time zone from those without.

mod check;
mod union;

pub(crate) use self::check::problems;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// Returns the schema of a record: an object with `properties`.
pub fn of_record<T: JsonSchema>() -> Map<String, Value> {
    let settings = SchemaSettings::draft07().for_serialize().with(|settings| {
        settings.inline_subschemas = true;
        settings.transforms.clear();
    });
    let generated = settings.into_generator().into_root_schema_for::<T>().to_value();
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), "http://json-schema.org/draft-07/schema#".into());
    if let Value::Object(mut root) = generated {
        // The name of the Rust type is an internal detail. The description is kept.
        root.shift_remove("title");
        root.shift_remove("$schema");
        let named = match root.shift_remove("definitions") {
            Some(Value::Object(named)) => named,
            _ => Map::new(),
        };
        // Checked before the conversion, which allows additional properties everywhere.
        let open = is_open(&root);
        schema.extend(Dialect { named }.convert(root));
        if open {
            schema.insert("additionalProperties".to_owned(), json!({}));
        }
    }
    schema
}

/// Returns whether a record has keys that are not known beforehand, because a map is flattened into it, possibly through a
/// flattened enum, whose variants are options of the record.
fn is_open(root: &Map<String, Value>) -> bool {
    ADDITIONAL.iter().any(|keyword| root.get(*keyword).is_some_and(|rest| *rest != Value::Bool(false)))
        || ["allOf", "anyOf", "oneOf"]
            .iter()
            .filter_map(|keyword| root.get(*keyword)?.as_array())
            .flatten()
            .any(|option| option.as_object().is_some_and(is_open))
}

/// The keywords that schemars uses for additional properties: the second for a flattened enum, the third for keys that are
/// not strings.
const ADDITIONAL: [&str; 3] = ["additionalProperties", "unevaluatedProperties", "patternProperties"];

struct Dialect {
    /// The schemas of recursive types, which are not inlined.
    named: Map<String, Value>,
}

impl Dialect {
    /// Converts a schema and those nested in it.
    fn convert(&self, mut schema: Map<String, Value>) -> Map<String, Value> {
        if let Some(Value::String(name)) = schema.shift_remove("$ref") {
            schema.extend(self.recursive(&name));
        }
        self.resolve_options(&mut schema);
        let mut result = Map::new();
        if let Some(ty) = schema.shift_remove("type") {
            result.insert("type".to_owned(), ty);
        }
        if result.get("type").is_some_and(|ty| names(ty, "integer") || names(ty, "number")) {
            // The widths of Rust's numbers: not JSON Schema formats, and limits that destinations ignore.
            ["format", "minimum", "maximum"].iter().for_each(|key| drop(schema.shift_remove(*key)));
        }
        if let Some(Value::String(description)) = schema.get_mut("description") {
            // A description included from a file ends with a line break.
            *description = description.trim().to_owned();
        }
        if let Some(format) = schema.shift_remove("format") {
            add_format(&mut result, &format);
        }
        // All fields are optional, and defaults concern deserialization only.
        ["required", "default"].iter().for_each(|key| drop(schema.shift_remove(*key)));
        // A tuple; then a map whose keys are not strings.
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
        // The tag of an enum. All fields are nullable, which `const` cannot express.
        if let Some(only) = schema.shift_remove("const") {
            schema.insert("enum".to_owned(), vec![only].into());
        }
        for (key, value) in schema {
            let value = match (key.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    properties.into_iter().map(|(name, field)| (name, nullable(self.child(field)))).collect()
                }
                // The elements of an array or the values of a map.
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

    /// Converts a nested schema. `true` accepts any JSON, as an empty schema does.
    fn child(&self, schema: Value) -> Value {
        match schema {
            Value::Object(schema) => self.convert(schema).into(),
            _ => json!({}),
        }
    }

    /// Returns the schema that ends the recursion of a recursive type: any object, or anything if it is not an object.
    fn recursive(&self, name: &str) -> Map<String, Value> {
        let named = name.strip_prefix("#/definitions/").map(|name| self.named.get(name));
        let is_object = named.is_none_or(|named| {
            named.and_then(|named| named.get("type")).is_some_and(|ty| names(ty, "object"))
        });
        let mut schema = Map::new();
        if is_object {
            schema.insert("type".to_owned(), "object".into());
            schema.insert("additionalProperties".to_owned(), true.into());
        }
        schema
    }

    /// Merges the options of a union by [`union::of`], and the fields of flattened enums into the other fields.
    fn resolve_options(&self, schema: &mut Map<String, Value>) {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let Some(Value::Array(options)) = schema.shift_remove(keyword) else {
                continue;
            };
            // With flattened enums an option may itself be a union.
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

/// Returns whether the value may be a non-finite number, which is written as null.
fn may_be_nan(schema: &Value) -> bool {
    let number = |schema: &Value| schema.get("type") == Some(&json!("number"));
    let options = schema.get("oneOf").and_then(Value::as_array);
    number(schema) || options.is_some_and(|options| options.iter().any(number))
}

/// Makes a schema nullable.
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
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut)
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    if let Some(options) = schema.get_mut("oneOf").and_then(Value::as_array_mut)
        && !options.iter().any(|option| option.get("type") == Some(&json!("null")))
    {
        options.insert(0, json!({"type": "null"}));
    }
    schema
}

/// Adds the format of a date or time as the protocol spells it. The protocol has no other formats.
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
    #[expect(dead_code, reason = "only the schema is used")]
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
    #[expect(dead_code, reason = "only the schema is used")]
    struct Inner {
        name: String,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only the schema is used")]
    enum Kind {
        Big,
        Small,
    }

    #[test]
    fn fields_of_all_types_are_converted() {
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
