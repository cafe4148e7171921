//! Enums as columns.

use super::{column, written};
use airbyte_sdk::{Date, Stream, airbyte_stream};
use serde_json::json;
use std::collections::BTreeMap;

#[test]
fn enums_without_data_are_strings() {
    #[airbyte_stream(nested)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        Big,
        /// Not big
        Small,
    }
    column!(Kind: Kind::Big => "big", {"type": ["null", "string"], "enum": ["big", "small", null]});
    column!(Option<Kind>: Some(Kind::Small) => "small", {"type": ["null", "string"], "enum": ["big", "small", null]});
}

#[test]
fn enums_with_data_are_one_object_if_possible() {
    #[airbyte_stream(nested)]
    enum Plain {
        None,
        Round(f64),
        Long { width: f64, height: Option<f64> },
    }
    let round = || Plain::Round(1.5);
    column!(Vec<Plain>: vec![Plain::None, round(), Plain::Long { width: 1.5, height: None }]
        => ["None", {"Round": 1.5}, {"Long": {"width": 1.5, "height": null}}],
        {"type": ["null", "array"], "items": {"oneOf": [
            {"type": "string", "enum": ["None"]},
            {"type": "object", "additionalProperties": true, "properties": {
                "Round": {"type": ["null", "number"]},
                "Long": {"type": ["null", "object"], "additionalProperties": true, "properties": {
                    "width": {"type": ["null", "number"]}, "height": {"type": ["null", "number"]}}}}}]}});
    column!(Option<Plain>: None => null,
        {"oneOf": [
            {"type": "null"},
            {"type": "string", "enum": ["None"]},
            {"type": "object", "additionalProperties": true, "properties": {
                "Round": {"type": ["null", "number"]},
                "Long": {"type": ["null", "object"], "additionalProperties": true, "properties": {
                    "width": {"type": ["null", "number"]}, "height": {"type": ["null", "number"]}}}}}]});

    #[airbyte_stream(nested)]
    #[serde(tag = "kind")]
    enum Tagged {
        A { x: i64, both: String },
        B { y: f64, both: i64 },
    }
    let schema = json!({"type": ["null", "object"], "additionalProperties": true, "properties": {
        "kind": {"type": ["null", "string"], "enum": ["A", "B", null]},
        "x": {"type": ["null", "integer"]},
        "both": {"oneOf": [{"type": "null"}, {"type": "string"}, {"type": "integer"}]},
        "y": {"type": ["null", "number"]}}});
    column!(Tagged: Tagged::A { x: 1, both: "a".to_owned() } => {"kind": "A", "x": 1, "both": "a"}, schema);
    column!(Option<Tagged>: Some(Tagged::B { y: 1.5, both: 2 }) => {"kind": "B", "y": 1.5, "both": 2}, schema);

    #[airbyte_stream(nested)]
    #[serde(untagged)]
    enum Any {
        Whole(i64),
        Part(f64),
        Text(String),
    }
    let schema = json!({"oneOf": [{"type": "null"}, {"type": "number"}, {"type": "string"}]});
    column!(Any: Any::Whole(1) => 1, schema);
    column!(Any: Any::Part(1.5) => 1.5, schema);
    column!(Any: Any::Text("a".to_owned()) => "a", schema);
    // A non-finite number is written as null.
    column!(Vec<Any>: vec![Any::Part(f64::NAN)] => [null], {"type": ["null", "array"], "items": schema});
    column!(BTreeMap<String, Any>: BTreeMap::from([("a".to_owned(), Any::Part(f64::INFINITY))]) => {"a": null},
        {"type": ["null", "object"], "additionalProperties": schema});

    #[airbyte_stream(name = "flattened")]
    struct Flattened {
        id: u64,
        #[serde(flatten)]
        tagged: Tagged,
    }
    let flattened = Flattened { id: 1, tagged: Tagged::A { x: 1, both: "a".to_owned() } };
    assert_eq!(written(&flattened), json!({"id": 1, "kind": "A", "x": 1, "both": "a"}));
}

#[test]
fn two_flattened_enums() {
    #[airbyte_stream(nested)]
    enum First {
        A(i64),
        B(String),
    }
    #[airbyte_stream(nested)]
    enum Second {
        C(i64),
        D(Date),
    }
    #[airbyte_stream(name = "flattened")]
    struct Flattened {
        #[serde(flatten)]
        first: First,
        #[serde(flatten)]
        second: Second,
    }
    for (first, second, expected) in [
        (First::A(1), Second::C(2), json!({"A": 1, "C": 2})),
        (First::B("b".to_owned()), Second::D(Date::ZERO), json!({"B": "b", "D": "0000-01-01"})),
    ] {
        assert_eq!(written(&Flattened { first, second }), expected);
    }
}
