//! Defaults: where a form looks for them, and what must not be in them.

use super::Problems;
use serde_json::{Map, Value};

/// The secrets of a default, which its JSON leaves out.
#[derive(Default)]
pub struct Withheld(pub(super) Vec<String>);

/// The default of a field as its schema shows it. A form looks for that of an object at the object's own fields, and for
/// that of a choice at the name of the option, and at the option's fields: so these are filled in.
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
        // What a field says itself holds whenever the object is given, and is therefore what the form has to show.
        let own = |field: &Map<String, Value>| field.contains_key("const") || field.contains_key("default");
        if let (Some(field), Some(value)) =
            (field.as_object_mut().filter(|field| !own(field)), values.get(key))
            && let Some(default) = show(field, value.clone())
        {
            field.insert("default".to_owned(), default);
        }
    }
}

/// What is wrong with a default by the field's own rules.
pub(super) fn faults(problems: &Problems) -> Vec<String> {
    let told = |problem: &String| match problem.starts_with('`') {
        true => format!("in the default of {{path}}, {problem}"),
        false => format!("the default of {{path}} {problem}"),
    };
    problems.list().iter().map(told).collect()
}
