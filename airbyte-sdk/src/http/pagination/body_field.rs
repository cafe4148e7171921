//! A value in the JSON body of a request.

use crate::error::{Error, Result};
use crate::problems::kind_of;
use serde_json::{Map, Value};

/// The body with this value at the path. What is missing on the way there is made; what is something else than an object
/// is left alone.
pub(super) fn put(body: Option<&[u8]>, path: &str, value: Value) -> Result<Vec<u8>> {
    let no_place = |why: String| {
        Error::system(format!("the next page cannot be asked for by `{path}` in the request's body: {why}"))
    };
    let body = body.ok_or_else(|| no_place("the request has none".to_owned()))?;
    let mut body: Value = serde_json::from_slice(body).map_err(|_| no_place("it is no JSON".to_owned()))?;
    if !body.is_object() {
        return Err(no_place(format!("it is {}, not an object", kind_of(&body))));
    }
    let (mut place, mut way) = (&mut body, String::new());
    for key in path.split('.') {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        let kind = kind_of(place);
        let Some(object) = place.as_object_mut() else {
            return Err(no_place(format!("`{way}` is {kind} there, not an object")));
        };
        place = object.entry(key).or_insert(Value::Null);
        way.push_str(if way.is_empty() { "" } else { "." });
        way.push_str(key);
    }
    // A path that is too short would take the place of what else is said there.
    if place.is_object() && !value.is_object() {
        return Err(no_place(format!("that is an object there, and would become {}", kind_of(&value))));
    }
    *place = value;
    Ok(serde_json::to_vec(&body)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn after(body: &Value, path: &str, value: Value) -> Result<Value> {
        Ok(serde_json::from_slice(&put(Some(body.to_string().as_bytes()), path, value)?)?)
    }

    #[test]
    fn a_value_takes_the_place_of_the_one_before_and_of_nothing_else() {
        for (body, path, value, expected) in [
            (json!({"b": 1, "a": null}), "a", json!("x"), json!({"b": 1, "a": "x"})),
            (json!({"a": "x", "b": 1}), "a", json!(7), json!({"a": 7, "b": 1})),
            (json!({}), "a.b.c", json!("x"), json!({"a": {"b": {"c": "x"}}})),
            (json!({"a": {"z": 1}}), "a.b", json!([1, "x"]), json!({"a": {"z": 1, "b": [1, "x"]}})),
            (json!({"a": null}), "a.b", json!("x"), json!({"a": {"b": "x"}})),
            (json!({"a": {"id": 1}}), "a", json!({"id": 2}), json!({"a": {"id": 2}})),
            (json!({"a": 0.1, "c": 1e300}), "b", json!(true), json!({"a": 0.1, "c": 1e300, "b": true})),
        ] {
            assert_eq!(after(&body, path, value).unwrap().to_string(), expected.to_string());
        }
    }

    #[test]
    fn what_is_in_the_way_is_named_and_not_shown() {
        for (body, path, said) in [
            (json!(["secret"]), "a", "it is an array, not an object"),
            (json!(null), "a", "it is null, not an object"),
            (json!({"a": "secret"}), "a.b", "`a` is a string there, not an object"),
            (json!({"a": {"b": [{}]}}), "a.b.c", "`a.b` is an array there, not an object"),
            (json!({"a": {"b": 1}}), "a", "that is an object there, and would become a string"),
        ] {
            let error = after(&body, path, json!("x")).unwrap_err();
            let begin = format!("the next page cannot be asked for by `{path}` in the request's body: ");
            assert_eq!(error.message(), begin + said);
        }
        assert!(put(None, "a", json!("x")).unwrap_err().message().ends_with("the request has none"));
        assert!(put(Some(b"a=b"), "a", json!("x")).unwrap_err().message().ends_with("it is no JSON"));
    }
}
