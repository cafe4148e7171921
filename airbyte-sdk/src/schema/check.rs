//! Checks that destinations support a stream. Covers what neither the compiler nor the macro can check, because it depends on
//! the generated schemas of all types in the record.

use crate::protocol::AirbyteStream;
use serde_json::{Map, Value};

/// JSON Schema keywords that the platform or destinations do not support.
const FORBIDDEN: [&str; 8] =
    ["$ref", "$defs", "definitions", "allOf", "not", "required", "patternProperties", "prefixItems"];

/// Returns all problems of a stream as the catalog lists it, each with its path.
pub(crate) fn problems(stream: &AirbyteStream) -> Vec<String> {
    let mut problems = Vec::new();
    if stream.name.trim().is_empty() {
        problems.push("the name is empty".to_owned());
    }
    let names = [Some(&stream.name), stream.namespace.as_ref()];
    if let Some(name) = names.into_iter().flatten().find(|name| name.chars().any(char::is_control)) {
        problems.push(format!("the name {name:?} contains a control character"));
    }
    if let Some(name) =
        names.into_iter().flatten().find(|name| !name.trim().is_empty() && name.trim() != name.as_str())
    {
        problems.push(format!("the name {name:?} starts or ends with whitespace"));
    }
    if !is_a(stream.json_schema.get("type"), "object")
        || stream.json_schema.get("properties").and_then(Value::as_object).is_none_or(Map::is_empty)
    {
        problems.push("the schema must be an object with `properties`".to_owned());
    }
    if stream.json_schema.get("additionalProperties").is_some_and(Value::is_object) {
        problems.push("a flattened map adds columns that are not in the schema; make it a field".to_owned());
    }
    check_schema(&stream.json_schema, "", &mut problems);
    for path in stream.source_defined_primary_key.iter().flatten() {
        if let Err(why) = check_scalar(&stream.json_schema, path, &["string", "integer", "boolean"]) {
            problems.push(format!("the primary key field `{}` {why}", path.join(".")));
        }
    }
    if let Some(path) = stream.default_cursor_field.as_ref().filter(|path| !path.is_empty())
        && let Err(why) = check_scalar(&stream.json_schema, path, &["string", "integer"])
    {
        problems.push(format!("the cursor field `{}` {why}", path.join(".")));
    }
    problems
}

/// Checks a schema and those nested in it.
fn check_schema(schema: &Map<String, Value>, place: &str, problems: &mut Vec<String>) {
    let here = || if place.is_empty() { "the record".to_owned() } else { format!("`{place}`") };
    for keyword in FORBIDDEN.iter().filter(|keyword| schema.contains_key(**keyword)) {
        problems.push(format!("destinations do not support `{keyword}` (in the schema of {})", here()));
    }
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        problems.push(format!("the schema of {} must allow additional properties", here()));
    }
    let inner = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    if let Some(Value::Object(fields)) = schema.get("properties") {
        let mut seen: Vec<(String, &str)> = Vec::with_capacity(fields.len());
        for (name, field) in fields {
            if name.trim() != name || name.is_empty() || name.chars().any(char::is_control) {
                let rule = "names of columns must not be empty, contain control characters, or start or end with whitespace";
                problems.push(format!("{} has a column named {name:?}: {rule}", here()));
            }
            let folded = name.to_lowercase();
            if let Some((_, other)) = seen.iter().find(|(seen, _)| *seen == folded) {
                problems.push(format!("`{}` and `{name}` differ only in case", inner(other)));
            }
            seen.push((folded, name));
            if let Value::Object(field) = field {
                check_schema(field, &inner(name), problems);
            }
        }
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(Value::Object(item)) = schema.get(keyword) {
            check_schema(item, &format!("{place}[]"), problems);
        }
    }
    for option in ["oneOf", "anyOf"].iter().filter_map(|keyword| schema.get(*keyword)?.as_array()).flatten() {
        if let Value::Object(option) = option {
            check_schema(option, place, problems);
        }
    }
}

/// Checks that the path leads to a value of one of these types.
fn check_scalar(schema: &Map<String, Value>, path: &[String], types: &[&str]) -> Result<(), String> {
    let mut at = schema;
    for (depth, name) in path.iter().enumerate() {
        let field = at.get("properties").and_then(|fields| fields.get(name)).and_then(Value::as_object);
        let Some(field) = field else {
            let of =
                if depth == 0 { "the record".to_owned() } else { format!("`{}`", path[..depth].join(".")) };
            return Err(format!("is not in the schema: {of} has no `{name}`"));
        };
        at = field;
    }
    let found = match at.get("type") {
        Some(Value::Array(found)) => found.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(found)) => vec![found.as_str()],
        _ => Vec::new(),
    };
    let mut found = found.into_iter().filter(|ty| *ty != "null");
    match (found.next(), found.next()) {
        (Some(only), None) if types.contains(&only) => Ok(()),
        (Some(only), None) => Err(format!("has the type {only}; expected one of {}", types.join(", "))),
        _ => Err(format!("must have exactly one type, one of {}", types.join(", "))),
    }
}

fn is_a(ty: Option<&Value>, name: &str) -> bool {
    ty.is_some_and(|ty| super::names(ty, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::SyncMode;
    use crate::stream::Stream as _;
    use crate::stream::{Resume, StreamInfo};
    use crate::{AirbyteSpec, Emitter, Source, airbyte_stream};
    use serde_json::json;
    use std::collections::{BTreeMap, HashMap};

    #[test]
    fn unsupported_schemas_are_reported_with_their_paths() {
        let Value::Object(schema) = json!({
            "type": "object",
            "additionalProperties": {"type": "string"},
            "properties": {
                "id": {"type": ["null", "integer"]},
                "ID": {"type": ["null", "array"], "items": {"$ref": "#"}},
                "price": {"type": ["null", "number"]},
                "inner": {"type": "object", "required": ["a"], "additionalProperties": false, "properties": {
                    "a": {"type": "string"}, "A": {"oneOf": [{"not": {}}, {"type": "null"}]}
                }},
            }
        }) else {
            return;
        };
        let mut stream = AirbyteStream::new("things", schema, vec![SyncMode::FullRefresh]);
        let path = |path: &[&str]| path.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        stream.source_defined_primary_key = Some(vec![
            path(&["id"]),
            path(&["inner", "a"]),
            path(&["inner", "b"]),
            path(&["id", "b"]),
            path(&["price"]),
        ]);
        stream.default_cursor_field = Some(path(&["inner", "A"]));
        assert_eq!(
            problems(&stream),
            [
                "a flattened map adds columns that are not in the schema; make it a field",
                "`id` and `ID` differ only in case",
                "destinations do not support `$ref` (in the schema of `ID[]`)",
                "destinations do not support `required` (in the schema of `inner`)",
                "the schema of `inner` must allow additional properties",
                "`inner.a` and `A` differ only in case",
                "destinations do not support `not` (in the schema of `inner.A`)",
                "the primary key field `inner.b` is not in the schema: `inner` has no `b`",
                "the primary key field `id.b` is not in the schema: `id` has no `b`",
                "the primary key field `price` has the type number; expected one of string, integer, boolean",
                "the cursor field `inner.A` must have exactly one type, one of string, integer",
            ]
        );
        let names = json!({"type": "object", "properties": {
            "": {"type": "string"}, " ": {"type": "string"}, "a\nb": {"type": "string"},
            "valid.name": {"type": "object", "properties": {"x ": {"type": "string"}}}}});
        let mut stream = AirbyteStream::new("a\tb", names.as_object().cloned().unwrap(), vec![]);
        stream.namespace = Some("math".to_owned());
        let found = problems(&stream);
        for (at, begin) in [
            "the name \"a\\tb\" contains a control",
            "the record has a column named \"\"",
            "the record has a column named \" \"",
            "the record has a column named \"a\\nb\"",
            "`valid.name` has a column named \"x \"",
        ]
        .iter()
        .enumerate()
        {
            assert!(found[at].starts_with(begin), "{found:?}");
        }
        assert_eq!(found.len(), 5, "{found:?}");
        let valid = json!({"type": "object", "properties": {"id": {"type": "integer"}}});
        let stream = AirbyteStream::new("valid", valid.as_object().cloned().unwrap(), vec![]);
        assert_eq!(problems(&stream), [""; 0]);
        let mut stream = AirbyteStream::new(" valid", valid.as_object().cloned().unwrap(), vec![]);
        assert_eq!(problems(&stream), ["the name \" valid\" starts or ends with whitespace"]);
        (stream.name, stream.namespace) = ("valid".to_owned(), Some("math ".to_owned()));
        assert_eq!(problems(&stream), ["the name \"math \" starts or ends with whitespace"]);
    }

    #[derive(AirbyteSpec)]
    struct Config {}

    #[airbyte_stream(name = "bad", primary_key(kind))]
    struct Bad {
        kind: Kind,
        #[serde(flatten)]
        more: More,
    }

    #[airbyte_stream(nested)]
    enum Kind {
        Known(u8),
        Unknown,
    }

    #[airbyte_stream(nested)]
    struct More {
        #[serde(rename = "Kind")]
        kind: u8,
    }

    #[test]
    fn invalid_stream_is_not_in_the_catalog() {
        let source = Source::<Config>::new("bad", "0").full_refresh(|_, out: &mut Emitter<Bad>| {
            out.emit(Bad { kind: Kind::Known(1), more: More { kind: 2 } })?;
            out.emit(Bad { kind: Kind::Unknown, more: More { kind: 2 } })
        });
        let error = source.catalog().err().unwrap();
        assert_eq!(
            error.message(),
            "the stream `bad` is invalid: `kind` and `Kind` differ only in case; \
             the primary key field `kind` must have exactly one type, one of string, integer, boolean"
        );
    }

    /// A map is valid as a column, but not flattened, at any depth.
    #[test]
    fn flattened_maps_are_invalid_at_any_depth() {
        type Anything = HashMap<String, Value>;

        #[airbyte_stream(nested)]
        struct Deep {
            y: u8,
            #[serde(flatten)]
            extra: Anything,
        }

        #[airbyte_stream(nested)]
        #[serde(untagged)]
        enum Perhaps {
            Known { z: u8 },
            Numbered(HashMap<i64, u8>),
        }

        macro_rules! problems_of {
            ($ty:ty) => {{
                #[airbyte_stream(name = "open")]
                struct Open {
                    id: u8,
                    column: Anything,
                    within: Option<Deep>,
                    #[serde(flatten)]
                    more: $ty,
                }
                problems(&StreamInfo::of::<Open>().describe(Open::json_schema(), Resume::Never))
            }};
        }
        #[airbyte_stream(nested)]
        struct Closed {
            y: u8,
        }
        type Words = BTreeMap<String, String>;
        let invalid = ["a flattened map adds columns that are not in the schema; make it a field"];
        assert_eq!(problems_of!(Closed), [""; 0]);
        assert_eq!(problems_of!(Anything), invalid);
        assert_eq!(problems_of!(Option<Words>), invalid);
        assert_eq!(problems_of!(Deep), invalid);
        assert_eq!(problems_of!(Perhaps), invalid);
        let _ = (Deep { y: 1, extra: Anything::new() }, Perhaps::Known { z: 1 }, Closed { y: 1 });
        let _ = Perhaps::Numbered(HashMap::new());
    }
}
