//! Whether a stream is one that destinations can take: what neither the compiler nor the macro sees, because it is
//! known only when the schema of every type within the record is.

use crate::protocol::AirbyteStream;
use serde_json::{Map, Value};

/// Keywords that the platform or destinations do not follow.
const FORBIDDEN: [&str; 8] =
    ["$ref", "$defs", "definitions", "allOf", "not", "required", "patternProperties", "prefixItems"];

/// Everything that is wrong with a stream as the catalog lists it, each with its place; nothing if all is well.
pub(crate) fn problems(stream: &AirbyteStream) -> Vec<String> {
    let mut problems = Vec::new();
    if stream.name.trim().is_empty() {
        problems.push("the name is empty".to_owned());
    }
    let parts = [Some(&stream.name), stream.namespace.as_ref()];
    if let Some(part) = parts.into_iter().flatten().find(|part| part.chars().any(char::is_control)) {
        problems.push(format!("the name {part:?} has a control character"));
    }
    if let Some(part) =
        parts.into_iter().flatten().find(|part| !part.trim().is_empty() && part.trim() != part.as_str())
    {
        problems.push(format!("the name {part:?} begins or ends with a blank"));
    }
    if !is_a(stream.json_schema.get("type"), "object")
        || stream.json_schema.get("properties").and_then(Value::as_object).is_none_or(Map::is_empty)
    {
        problems.push("the schema is no object with `properties`".to_owned());
    }
    if stream.json_schema.get("additionalProperties").is_some_and(Value::is_object) {
        problems.push("the record has columns that are not in the schema: a map is flattened".to_owned());
    }
    schemas(&stream.json_schema, "", &mut problems);
    for path in stream.source_defined_primary_key.iter().flatten() {
        if let Err(why) = scalar(&stream.json_schema, path, &["string", "integer", "boolean"]) {
            problems.push(format!("the key `{}` {why}", path.join(".")));
        }
    }
    if let Some(path) = stream.default_cursor_field.as_ref().filter(|path| !path.is_empty())
        && let Err(why) = scalar(&stream.json_schema, path, &["string", "integer"])
    {
        problems.push(format!("the cursor `{}` {why}", path.join(".")));
    }
    problems
}

/// A schema and those within it.
fn schemas(schema: &Map<String, Value>, place: &str, problems: &mut Vec<String>) {
    let here = || if place.is_empty() { "the record".to_owned() } else { format!("`{place}`") };
    for word in FORBIDDEN.iter().filter(|word| schema.contains_key(**word)) {
        problems.push(format!("the schema of {} has `{word}`, which destinations do not follow", here()));
    }
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        problems.push(format!("the schema of {} forbids additional properties", here()));
    }
    let inner = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    if let Some(Value::Object(fields)) = schema.get("properties") {
        let mut seen: Vec<(String, &str)> = Vec::with_capacity(fields.len());
        for (name, field) in fields {
            if name.trim() != name || name.is_empty() || name.chars().any(char::is_control) {
                let fault = "a column's name is not empty, has no control character, and no blank at its beginning or end";
                problems.push(format!("{} has a column named {name:?}: {fault}", here()));
            }
            let folded = name.to_lowercase();
            if let Some((_, other)) = seen.iter().find(|(seen, _)| *seen == folded) {
                problems.push(format!("`{}` and `{name}` differ in case only", inner(other)));
            }
            seen.push((folded, name));
            if let Value::Object(field) = field {
                schemas(field, &inner(name), problems);
            }
        }
    }
    for word in ["items", "additionalProperties"] {
        if let Some(Value::Object(item)) = schema.get(word) {
            schemas(item, &format!("{place}[]"), problems);
        }
    }
    for option in ["oneOf", "anyOf"].iter().filter_map(|word| schema.get(*word)?.as_array()).flatten() {
        if let Value::Object(option) = option {
            schemas(option, place, problems);
        }
    }
}

/// Whether the path leads to one value of these types.
fn scalar(schema: &Map<String, Value>, path: &[String], types: &[&str]) -> Result<(), String> {
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
        (Some(only), None) => Err(format!("is of the type {only}; it must be one of {}", types.join(", "))),
        _ => Err(format!("is of no single type; it must be one of {}", types.join(", "))),
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
    fn everything_that_destinations_cannot_take_is_named_with_its_place() {
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
                "the record has columns that are not in the schema: a map is flattened",
                "`id` and `ID` differ in case only",
                "the schema of `ID[]` has `$ref`, which destinations do not follow",
                "the schema of `inner` has `required`, which destinations do not follow",
                "the schema of `inner` forbids additional properties",
                "`inner.a` and `A` differ in case only",
                "the schema of `inner.A` has `not`, which destinations do not follow",
                "the key `inner.b` is not in the schema: `inner` has no `b`",
                "the key `id.b` is not in the schema: `id` has no `b`",
                "the key `price` is of the type number; it must be one of string, integer, boolean",
                "the cursor `inner.A` is of no single type; it must be one of string, integer",
            ]
        );
        let names = json!({"type": "object", "properties": {
            "": {"type": "string"}, " ": {"type": "string"}, "a\nb": {"type": "string"},
            "well.named": {"type": "object", "properties": {"x ": {"type": "string"}}}}});
        let mut stream = AirbyteStream::new("a\tb", names.as_object().cloned().unwrap(), vec![]);
        stream.namespace = Some("math".to_owned());
        let found = problems(&stream);
        for (at, begin) in [
            "the name \"a\\tb\" has a control",
            "the record has a column named \"\"",
            "the record has a column named \" \"",
            "the record has a column named \"a\\nb\"",
            "`well.named` has a column named \"x \"",
        ]
        .iter()
        .enumerate()
        {
            assert!(found[at].starts_with(begin), "{found:?}");
        }
        assert_eq!(found.len(), 5, "{found:?}");
        let well = json!({"type": "object", "properties": {"id": {"type": "integer"}}});
        let stream = AirbyteStream::new("well", well.as_object().cloned().unwrap(), vec![]);
        assert_eq!(problems(&stream), [""; 0]);
        let mut stream = AirbyteStream::new(" well", well.as_object().cloned().unwrap(), vec![]);
        assert_eq!(problems(&stream), ["the name \" well\" begins or ends with a blank"]);
        (stream.name, stream.namespace) = ("well".to_owned(), Some("math ".to_owned()));
        assert_eq!(problems(&stream), ["the name \"math \" begins or ends with a blank"]);
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
    fn a_stream_that_destinations_cannot_take_is_not_offered() {
        let source = Source::<Config>::new("bad", "0").full_refresh(|_, out: &mut Emitter<Bad>| {
            out.emit(Bad { kind: Kind::Known(1), more: More { kind: 2 } })?;
            out.emit(Bad { kind: Kind::Unknown, more: More { kind: 2 } })
        });
        let error = source.catalog().err().unwrap();
        assert_eq!(
            error.message(),
            "the stream `bad` cannot be offered: `kind` and `Kind` differ in case only; \
             the key `kind` is of no single type; it must be one of string, integer, boolean"
        );
    }

    /// A map as an ordinary column, which is legal, beside one that is flattened at some depth.
    #[test]
    fn columns_that_come_out_of_a_flattened_map_are_not_offered() {
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
        let refused = ["the record has columns that are not in the schema: a map is flattened"];
        assert_eq!(problems_of!(Closed), [""; 0]);
        assert_eq!(problems_of!(Anything), refused);
        assert_eq!(problems_of!(Option<Words>), refused);
        assert_eq!(problems_of!(Deep), refused);
        assert_eq!(problems_of!(Perhaps), refused);
        let _ = (Deep { y: 1, extra: Anything::new() }, Perhaps::Known { z: 1 }, Closed { y: 1 });
        let _ = Perhaps::Numbered(HashMap::new());
    }
}
