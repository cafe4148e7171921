//! Defaults: where Airbyte's form looks for them, and what they must not contain.

use super::Problems;
use serde_json::{Map, Value};

/// The secrets of a default, which are left out of its JSON.
#[derive(Default)]
pub struct Withheld(pub(super) Vec<String>);

/// Returns the default of a field as its schema shows it. Airbyte's form expects the default of an object at the object's fields,
/// and that of a choice as the name of the option plus the defaults of the option's fields, so those are filled in.
pub(super) fn show(schema: &mut Map<String, Value>, default: Value) -> Option<Value> {
    let Value::Object(values) = default else { return Some(default).filter(|default| !default.is_null()) };
    if let Some(Value::Array(options)) = schema.get_mut("oneOf") {
        let mut properties =
            options.iter_mut().filter_map(|option| option.get_mut("properties")?.as_object_mut());
        return properties.find_map(|properties| {
            let name = properties.iter().find_map(|(key, field)| {
                let name = field.get("const")?;
                (values.get(key) == Some(name)).then(|| name.clone())
            })?;
            show_within(properties, &values);
            Some(name)
        });
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        show_within(properties, &values);
    }
    None
}

fn show_within(properties: &mut Map<String, Value>, values: &Map<String, Value>) {
    for (key, field) in properties {
        // The field's own default applies whenever the object is present, so the form must show that one.
        let own = |field: &Map<String, Value>| field.contains_key("const") || field.contains_key("default");
        if let (Some(field), Some(value)) =
            (field.as_object_mut().filter(|field| !own(field)), values.get(key))
            && let Some(default) = show(field, value.clone())
        {
            field.insert("default".to_owned(), default);
        }
    }
}

/// Returns the rules of the field that its default violates.
pub(super) fn faults(problems: &Problems) -> Vec<String> {
    let describe = |problem: &String| match problem.starts_with('`') {
        true => format!("in the default of {{path}}, {problem}"),
        false => format!("the default of {{path}} {problem}"),
    };
    problems.list().iter().map(describe).collect()
}
