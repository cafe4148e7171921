//! Clauses about the spec: what the form and the secret store require.

use super::{Clause, clause};
use crate::runs::{Checked, Runs, fails, not_applicable};
use crate::values::types;
use airbyte_spec_rules::{Pattern, is_credential};
use serde_json::Value;
use std::collections::HashSet;

pub(super) const CLAUSES: &[Clause] = &[
    clause(
        "spec_is_of_this_protocol",
        "the protocol version, if present, starts with 0.",
        spec_is_of_this_protocol,
    ),
    clause("spec_root", "the connectionSpecification has the type object and properties", spec_root),
    clause("secrets_are_marked", "fields named like credentials have airbyte_secret", secrets_are_marked),
    clause(
        "secret_marks_are_right",
        "airbyte_secret is true, and only on strings and numbers",
        secret_marks_are_right,
    ),
    clause(
        "spec_keywords",
        "the spec has no keyword that the form does not support, and allows additional properties",
        spec_keywords,
    ),
    clause(
        "spec_types",
        "a type is one name, optionally followed by \"null\"; arrays have items, objects have properties, enum values are unique",
        spec_types,
    ),
    clause(
        "spec_one_of",
        "a oneOf is on an object, and one required constant distinguishes its options",
        spec_one_of,
    ),
    clause(
        "spec_annotations",
        "order, group, display_type, pattern_descriptor and format are used as the form requires",
        spec_annotations,
    ),
    clause(
        "spec_patterns",
        "a pattern means the same in JavaScript, Java and Python; examples and defaults match it",
        spec_patterns,
    ),
];

/// Returns the root schema.
fn root(runs: &Runs) -> Checked<&Value> {
    Ok(&runs.spec()?["connectionSpecification"])
}

/// A schema within the spec: its path, its name if it is a property, and whether it is an option of a oneOf.
struct Node<'a> {
    place: String,
    name: &'a str,
    is_option: bool,
    siblings: Vec<&'a str>,
    schema: &'a Value,
}

fn nodes(root: &Value) -> Vec<Node<'_>> {
    let mut nodes = vec![Node {
        place: "the root".to_owned(),
        name: "",
        is_option: false,
        siblings: Vec::new(),
        schema: root,
    }];
    let mut next = 0;
    while let Some(Node { place, schema, .. }) = nodes.get(next) {
        let (place, schema) = (place.clone(), *schema);
        let inner = if next == 0 { String::new() } else { format!("{place}.") };
        let properties = schema["properties"].as_object();
        let siblings: Vec<_> = properties.into_iter().flatten().map(|(name, _)| &**name).collect();
        for (name, schema) in properties.into_iter().flatten() {
            nodes.push(Node {
                place: format!("{inner}{name}"),
                name,
                is_option: false,
                siblings: siblings.clone(),
                schema,
            });
        }
        for (index, schema) in schema["oneOf"].as_array().into_iter().flatten().enumerate() {
            nodes.push(Node {
                place: format!("{place}, option {}", index + 1),
                name: "",
                is_option: true,
                siblings: Vec::new(),
                schema,
            });
        }
        if let Some(schema) = schema.get("items") {
            nodes.push(Node {
                place: format!("{place}[]"),
                name: "",
                is_option: false,
                siblings: Vec::new(),
                schema,
            });
        }
        next += 1;
    }
    nodes
}

fn spec_is_of_this_protocol(runs: &Runs) -> Checked {
    match runs.spec()?.get("protocol_version") {
        None => not_applicable("the spec has no version, which means 0.2.0"),
        Some(Value::String(version)) if version.starts_with("0.") => Ok(()),
        Some(version) => fails("the platform rejects other major versions", version),
    }
}

fn spec_root(runs: &Runs) -> Checked {
    let root = root(runs)?;
    if root["type"] == "object" && root["properties"].is_object() {
        Ok(())
    } else {
        fails("the root is not an object with properties", root)
    }
}

fn can_be_secret(schema: &Value) -> bool {
    let scalar = |name: &&str| matches!(*name, "string" | "integer" | "number");
    types(schema).iter().any(scalar) && schema.get("const").is_none()
}

fn secrets_are_marked(runs: &Runs) -> Checked {
    let nodes = nodes(root(runs)?);
    let named = nodes.iter().filter(|node| {
        can_be_secret(node.schema)
            && is_credential(node.name, node.siblings.iter().copied())
            && !runs.not_secret.iter().any(|name| name == node.name)
    });
    let mut seen = false;
    for node in named {
        seen = true;
        if node.schema.get("airbyte_secret").is_none() {
            return fails(
                format_args!("{} has no airbyte_secret; if it is not secret, rename it", node.place),
                node.schema,
            );
        }
    }
    if seen { Ok(()) } else { not_applicable("no field is named like a credential") }
}

fn secret_marks_are_right(runs: &Runs) -> Checked {
    let mut seen = false;
    for Node { place, schema, .. } in nodes(root(runs)?) {
        let Some(mark) = schema.get("airbyte_secret") else { continue };
        seen = true;
        if *mark != true || !can_be_secret(schema) {
            return fails(format_args!("{place} must not have this airbyte_secret"), schema);
        }
    }
    if seen { Ok(()) } else { not_applicable("no field has airbyte_secret") }
}

fn spec_keywords(runs: &Runs) -> Checked {
    const FORBIDDEN: [&str; 13] = [
        "not",
        "anyOf",
        "allOf",
        "if",
        "then",
        "else",
        "patternProperties",
        "prefixItems",
        "dependentSchemas",
        "dependentRequired",
        "$ref",
        "definitions",
        "$defs",
    ];
    for Node { place, schema, .. } in nodes(root(runs)?) {
        if let Some(keyword) = FORBIDDEN.iter().find(|keyword| schema.get(**keyword).is_some()) {
            return fails(format_args!("{place} has {keyword}"), schema);
        }
        if schema.get("additionalProperties").is_some_and(|value| *value != true) {
            return fails(format_args!("{place} has additionalProperties other than true"), schema);
        }
    }
    Ok(())
}

fn spec_types(runs: &Runs) -> Checked {
    for Node { place, schema, is_option, .. } in nodes(root(runs)?) {
        if let Some(names) = schema["type"].as_array() {
            let fine = names.len() == 1 || (names.len() == 2 && names[1] == "null");
            if !fine || names[0] == "null" {
                return fails(format_args!("{place} has several types, or null first"), schema);
            }
        }
        let names = types(schema);
        if names.is_empty() && !is_option && schema.get("oneOf").is_none() && place != "the root" {
            return fails(format_args!("{place} has no type"), schema);
        }
        if names.contains(&"array") && !schema["items"].is_object() {
            return fails(format_args!("{place} has no items"), schema);
        }
        let has_properties =
            schema["properties"].as_object().is_some_and(|properties| !properties.is_empty());
        if names.contains(&"object")
            && place != "the root"
            && !has_properties
            && schema.get("oneOf").is_none()
        {
            return fails(format_args!("{place} is an object without properties"), schema);
        }
        let mut values = HashSet::new();
        if schema["enum"]
            .as_array()
            .is_some_and(|list| !list.iter().all(|value| values.insert(value.to_string())))
        {
            return fails(format_args!("{place} has a duplicate enum value"), schema);
        }
    }
    Ok(())
}

fn spec_one_of(runs: &Runs) -> Checked {
    let mut seen = false;
    for Node { place, schema, .. } in nodes(root(runs)?) {
        let Some(options) = schema["oneOf"].as_array() else { continue };
        seen = true;
        if schema["type"] != "object" {
            return fails(format_args!("{place} has a oneOf and is not an object"), schema);
        }
        let mut shared: Option<Vec<&String>> = None;
        for option in options {
            if !option["title"].is_string() {
                return fails(format_args!("{place} has an option without a title"), option);
            }
            let properties = option["properties"].as_object();
            let constants =
                properties.into_iter().flatten().filter(|(_, schema)| schema.get("const").is_some());
            let constants: Vec<&String> = constants.map(|(name, _)| name).collect();
            shared = Some(match shared {
                None => constants,
                Some(names) => names.into_iter().filter(|name| constants.contains(name)).collect(),
            });
        }
        let Some([name]) = shared.as_deref() else {
            return fails(format_args!("the options of {place} do not share exactly one constant"), schema);
        };
        let mut values = HashSet::new();
        for option in options {
            let value = option["properties"][*name]["const"].as_str().unwrap_or_default();
            let required =
                option["required"].as_array().is_some_and(|list| list.iter().any(|other| other == *name));
            if value.is_empty() || !values.insert(value) || !required {
                return fails(format_args!("{place}: {name} is empty, not required, or not unique"), option);
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("the spec has no oneOf") }
}

fn spec_annotations(runs: &Runs) -> Checked {
    let root = root(runs)?;
    let groups: Vec<_> = root["groups"].as_array().into_iter().flatten().map(|group| &group["id"]).collect();
    for Node { place, schema, name, .. } in nodes(root) {
        let mut orders = HashSet::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if property.get("order").is_some_and(|order| !order.is_i64() || !orders.insert(order.to_string()))
            {
                return fails(format_args!("the order of {name} is not an integer or not unique"), property);
            }
        }
        let is_top = !name.is_empty() && place == name;
        if schema.get("group").is_some_and(|group| !is_top || !groups.contains(&group)) {
            return fails(
                format_args!("the group of {place} is not declared, or the field is nested"),
                schema,
            );
        }
        if schema.get("display_type").is_some() && schema.get("oneOf").is_none() {
            return fails(format_args!("{place} has a display_type without a oneOf"), schema);
        }
        if schema.get("pattern").is_some() && schema.get("pattern_descriptor").is_none() {
            return fails(format_args!("{place} has a pattern without a pattern_descriptor"), schema);
        }
        let is_date = schema["format"] == "date" || schema["format"] == "date-time";
        if is_date && types(schema).first() != Some(&"string") {
            return fails(format_args!("{place} has a date format and is not a string"), schema);
        }
    }
    Ok(())
}

fn spec_patterns(runs: &Runs) -> Checked {
    let mut seen = false;
    for Node { place, schema, .. } in nodes(root(runs)?) {
        let Some(pattern) = schema.get("pattern") else { continue };
        seen = true;
        let pattern = match pattern.as_str().map(Pattern::new) {
            None => return fails(format_args!("the pattern of {place} is not a string"), schema),
            Some(Ok(pattern)) => pattern,
            // Airbyte can evaluate it, although this suite cannot.
            Some(Err(error)) if error.is_portable() => continue,
            Some(Err(error)) => return fails(format_args!("{place}: {error}"), schema),
        };
        let examples = schema["examples"].as_array().into_iter().flatten();
        let mut values = examples.chain(schema.get("default")).filter_map(Value::as_str);
        if let Some(value) = values.find(|value| !pattern.is_match(value)) {
            return fails(
                format_args!("the example or default {value:?} of {place} does not match its pattern"),
                schema,
            );
        }
    }
    if seen { Ok(()) } else { not_applicable("no field has a pattern") }
}

#[cfg(test)]
mod tests {
    use crate::{Verdict, check_spec};
    use serde_json::{Value, json};

    /// Returns the verdict on the patterns of a spec with this property.
    fn patterns(property: &Value) -> Verdict {
        let spec = json!({"connectionSpecification": {"type": "object", "properties": {"days": {
            "type": "object", "oneOf": [{"title": "A", "properties": {"code": property}}],
        }}}});
        let report = check_spec(&spec, [""; 0]);
        report.outcomes().iter().find(|outcome| outcome.clause == "spec_patterns").unwrap().verdict.clone()
    }

    #[test]
    fn patterns_must_be_portable_and_match_their_examples_and_default() {
        for (property, said) in [
            (
                json!({"pattern": r"^\w+\z"}),
                r"days, option 1.code: the pattern is not portable: `\z` at character 5",
            ),
            (json!({"pattern": "(a"}), "is not a regular expression"),
            (json!({"pattern": 5}), "the pattern of days, option 1.code is not a string"),
            (
                json!({"pattern": "^a$", "examples": ["a", "b"]}),
                "the example or default \"b\" of days, option 1.code",
            ),
            (json!({"pattern": "^a$", "default": "a\n"}), "the example or default \"a\\n\""),
        ] {
            let Verdict::Failed(what) = patterns(&property) else { panic!("{property}") };
            assert!(what.contains(said), "{what}");
        }
        for property in [
            json!({"pattern": r"^\d{4}$", "examples": ["2024"], "default": "1970"}),
            json!({"pattern": "^(?!x)", "examples": ["x"]}),
        ] {
            assert_eq!(patterns(&property), Verdict::Passed, "{property}");
        }
        assert!(matches!(patterns(&json!({"type": "string"})), Verdict::NotApplicable(_)));
    }
}
