//! Sets a value in the JSON body of a request.

use crate::error::{Error, Result};
use crate::problems::kind_of;
use serde_json::{Map, Value};

/// Returns the body with this value at the path. Missing objects on the path are added; a value on the path that is
/// not an object is an error.
pub(super) fn put(body: Option<&[u8]>, path: &str, value: Value) -> Result<Vec<u8>> {
    let invalid = |why: String| {
        Error::system(format!("cannot set `{path}` in the request body for the next page: {why}"))
    };
    let body = body.ok_or_else(|| invalid("the request has no body".to_owned()))?;
    let mut body: Value =
        serde_json::from_slice(body).map_err(|_| invalid("the body is not JSON".to_owned()))?;
    if !body.is_object() {
        return Err(invalid(format!("the body is {}, not an object", kind_of(&body))));
    }
    let (mut place, mut parent) = (&mut body, String::new());
    for key in path.split('.') {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        let kind = kind_of(place);
        let Some(object) = place.as_object_mut() else {
            return Err(invalid(format!("`{parent}` is {kind}, not an object")));
        };
        place = object.entry(key).or_insert(Value::Null);
        parent.push_str(if parent.is_empty() { "" } else { "." });
        parent.push_str(key);
    }
    // The path may be too short; the value would replace other members.
    if place.is_object() && !value.is_object() {
        return Err(invalid(format!("it is an object, which {} would replace", kind_of(&value))));
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
    fn value_replaces_the_previous_one_and_nothing_else() {
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
    fn value_that_is_not_an_object_is_named_but_not_shown() {
        for (body, path, why) in [
            (json!(["secret"]), "a", "the body is an array, not an object"),
            (json!(null), "a", "the body is null, not an object"),
            (json!({"a": "secret"}), "a.b", "`a` is a string, not an object"),
            (json!({"a": {"b": [{}]}}), "a.b.c", "`a.b` is an array, not an object"),
            (json!({"a": {"b": 1}}), "a", "it is an object, which a string would replace"),
        ] {
            let error = after(&body, path, json!("x")).unwrap_err();
            let begin = format!("cannot set `{path}` in the request body for the next page: ");
            assert_eq!(error.message(), begin + why);
        }
        assert!(put(None, "a", json!("x")).unwrap_err().message().ends_with("the request has no body"));
        assert!(put(Some(b"a=b"), "a", json!("x")).unwrap_err().message().ends_with("the body is not JSON"));
    }
}
