//! Every type that a column may have: what is written fits the schema, and both are what Airbyte's table of types says.
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

use airbyte_sdk::jiff::civil::{DateTime, Time, date, time};
use airbyte_sdk::stream::Binary;
use airbyte_sdk::{Date, Stream, Timestamp, airbyte_stream};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// The record as it is written, after it was held against the schema.
fn written<T: Stream>(record: &T) -> Value {
    let schema = Value::from(T::json_schema());
    let value: Value = serde_json::from_str(&serde_json::to_string(record).unwrap()).unwrap();
    // Formats have a test of their own: those of JSON Schema know no time without a zone.
    jsonschema::draft7::options()
        .should_validate_formats(false)
        .build(&schema)
        .unwrap()
        .validate(&value)
        .unwrap_or_else(|error| panic!("{error} at {}\n{value}\n{schema:#}", error.instance_path()));
    // As the row of a destination: each column may be empty.
    for name in schema["properties"].as_object().unwrap().keys() {
        let empty = json!({name: null});
        let valid = jsonschema::draft7::is_valid(&schema, &empty);
        assert!(valid, "{empty} does not fit {schema:#}");
    }
    for name in value.as_object().unwrap().keys() {
        assert!(schema["properties"].get(name).is_some(), "{name} is not in the schema");
    }
    for word in
        ["\"$ref\"", "definitions", "allOf", "anyOf", "\"not\"", "required", "ies\":false", "prefixItems"]
    {
        assert!(!schema.to_string().contains(word), "{word} is in {schema:#}");
    }
    value
}

/// A record with one column of the type, written and described as these.
macro_rules! column {
    ($ty:ty: $value:expr => $written:tt, $schema:tt) => {{
        #[airbyte_stream(name = "columns")]
        struct Record {
            column: $ty,
        }
        assert_eq!(written(&Record { column: $value })["column"], json!($written));
        assert_eq!(Record::json_schema()["properties"]["column"], json!($schema));
    }};
}

#[test]
fn simple_types() {
    column!(String: "a".to_owned() => "a", {"type": ["null", "string"]});
    column!(char: 'é' => "é", {"type": ["null", "string"], "minLength": 1, "maxLength": 1});
    column!(bool: true => true, {"type": ["null", "boolean"]});
    column!(i8: -1 => (-1), {"type": ["null", "integer"]});
    column!(i64: i64::MIN => (i64::MIN), {"type": ["null", "integer"]});
    column!(u64: u64::MAX => (u64::MAX), {"type": ["null", "integer"]});
    column!(f32: 0.1 => 0.1, {"type": ["null", "number"]});
    column!(f64: 1e300 => 1e300, {"type": ["null", "number"]});
    column!(Option<i64>: None => null, {"type": ["null", "integer"]});
    column!(Option<Option<i64>>: Some(Some(1)) => 1, {"type": ["null", "integer"]});
    column!(Box<str>: "a".into() => "a", {"type": ["null", "string"]});
    column!(Value: json!({"any": [1]}) => {"any": [1]}, {});
    column!(Option<Value>: Some(json!(1)) => 1, {});
    column!(Binary: Binary(vec![0, 255]) => "AP8=", {"type": ["null", "string"], "contentEncoding": "base64"});
}

#[test]
fn integers_of_128_bits_keep_every_digit() {
    #[airbyte_stream(name = "large")]
    struct Large {
        signed: i128,
        unsigned: u128,
    }
    let record = Large { signed: i128::MIN, unsigned: u128::MAX };
    written(&record);
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(text, format!(r#"{{"signed":{},"unsigned":{}}}"#, i128::MIN, u128::MAX));
}

/// `well_known_types.yaml` of the protocol.
const DATE: &str = r"^\d{4}-\d{2}-\d{2}( BC)?$";
const WITH_ZONE: &str = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+\-]\d{1,2}:\d{2})( BC)?$";
const WITHOUT_ZONE: &str = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?( BC)?$";
const TIME: &str = r"^\d{2}:\d{2}:\d{2}(\.\d+)?$";

#[test]
fn dates_and_times_have_the_well_known_forms() {
    #[airbyte_stream(name = "times")]
    struct Times {
        date: Date,
        at: Timestamp,
        local: DateTime,
        time: Time,
    }
    let pattern = |text: &str| regex_lite::Regex::new(text).unwrap();
    let forms = [
        ("date", DATE, json!({"type": ["null", "string"], "format": "date"})),
        (
            "at",
            WITH_ZONE,
            json!({"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}),
        ),
        (
            "local",
            WITHOUT_ZONE,
            json!({"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_without_timezone"}),
        ),
        (
            "time",
            TIME,
            json!({"type": ["null", "string"], "format": "time", "airbyte_type": "time_without_timezone"}),
        ),
    ];
    for (day, time) in [
        (date(2026, 11, 20), time(0, 0, 0, 0)),
        (date(1, 1, 1), time(23, 59, 59, 999_999_999)),
        (date(9999, 12, 30), time(1, 2, 3, 400_000_000)),
    ] {
        let local = day.to_datetime(time);
        let at = airbyte_sdk::jiff::tz::Offset::UTC.to_timestamp(local).unwrap();
        let record = written(&Times { date: day, at, local, time });
        for (name, form, schema) in &forms {
            let text = record[name].as_str().unwrap();
            assert!(pattern(form).is_match(text), "{name}: {text}");
            assert_eq!(Times::json_schema()["properties"][*name], *schema);
        }
    }
}

#[test]
fn lists_and_maps() {
    column!(Vec<String>: vec!["a".to_owned()] => ["a"], {"type": ["null", "array"], "items": {"type": "string"}});
    column!(Vec<f64>: vec![f64::NAN] => [null], {"type": ["null", "array"], "items": {"type": ["null", "number"]}});
    column!(Vec<Value>: vec![json!(1)] => [1], {"type": ["null", "array"], "items": {}});
    column!(
        BTreeMap<String, i64>: BTreeMap::from([("a".to_owned(), 1)]) => {"a": 1},
        {"type": ["null", "object"], "additionalProperties": {"type": "integer"}}
    );
    column!(
        HashMap<u32, Vec<Date>>: HashMap::from([(7, vec![date(2026, 1, 2)])]) => {"7": ["2026-01-02"]},
        {"type": ["null", "object"], "additionalProperties": {"type": "array", "items": {"type": "string", "format": "date"}}}
    );
    column!(
        (i64, f64): (1, 2.5) => [1, 2.5],
        {"type": ["null", "array"], "items": {"type": ["null", "number"]}, "minItems": 2, "maxItems": 2}
    );
    column!(
        (i64, String): (1, "a".to_owned()) => [1, "a"],
        {"type": ["null", "array"], "items": {"oneOf": [{"type": "integer"}, {"type": "string"}]}, "minItems": 2, "maxItems": 2}
    );
}

/// What somebody lives in.
#[airbyte_stream(nested)]
#[serde(rename_all = "camelCase")]
#[derive(Clone)]
struct Place {
    /// The street,
    /// and the number
    street_name: String,
    #[serde(rename = "ZIP")]
    zip: Option<u32>,
    #[serde(skip)]
    _note: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<i8>,
}

fn place() -> Place {
    Place { street_name: "Elm Street".to_owned(), zip: None, _note: "dark".to_owned(), floor: None }
}

#[test]
fn structs_are_objects_with_serdes_names() {
    let properties = json!({
        "streetName": {"type": ["null", "string"], "description": "The street, and the number"},
        "ZIP": {"type": ["null", "integer"]},
        "floor": {"type": ["null", "integer"]},
    });
    column!(
        Place: place() => {"streetName": "Elm Street", "ZIP": null},
        {"type": ["null", "object"], "description": "What somebody lives in.", "properties": properties, "additionalProperties": true}
    );
    column!(
        Option<Vec<Place>>: Some(vec![Place { floor: Some(1), ..place() }]) => [{"streetName": "Elm Street", "ZIP": null, "floor": 1}],
        {"type": ["null", "array"], "items": {"type": "object", "description": "What somebody lives in.", "properties": properties, "additionalProperties": true}}
    );
}

#[test]
fn serdes_words_on_a_record_are_followed() {
    #[airbyte_stream(name = "people", primary_key(user_id, home.street_name), cursor = home.zip, on_null = emit)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    struct Person {
        user_id: u64,
        #[serde(rename = "home")]
        home: Place,
        #[serde(flatten)]
        work: Place,
        #[serde(skip)]
        _note: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        age: Option<u8>,
    }
    let person = Person { user_id: 1, home: place(), work: place(), _note: String::new(), age: None };
    let home = json!({"streetName": "Elm Street", "ZIP": null});
    assert_eq!(
        written(&person),
        json!({"USER_ID": 1, "home": home, "streetName": "Elm Street", "ZIP": null})
    );
    let names: Vec<String> =
        Person::json_schema()["properties"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["USER_ID", "home", "streetName", "ZIP", "floor", "AGE"]);
    assert_eq!(Person::PRIMARY_KEY, [&["USER_ID"][..], &["home", "streetName"]]);
    assert_eq!(Person::CURSOR_FIELD, ["home", "ZIP"]);
    assert_eq!(person.cursor(), None);
    let person = Person { home: Place { zip: Some(7), ..place() }, ..person };
    assert_eq!(person.cursor(), Some(&7));
}

#[test]
fn a_path_leads_through_boxes_options_and_flattened_structs() {
    #[airbyte_stream(nested)]
    struct Inner {
        #[serde(rename = "At")]
        at: Timestamp,
        id: u64,
    }
    #[airbyte_stream(nested)]
    struct Outer {
        inner: Option<Box<Inner>>,
    }
    #[airbyte_stream(name = "deep", primary_key(more.id), cursor = outer.inner.at, on_null = fail)]
    struct Deep {
        outer: Outer,
        #[serde(flatten)]
        more: Inner,
    }
    assert_eq!(Deep::CURSOR_FIELD, ["outer", "inner", "At"]);
    assert_eq!(Deep::PRIMARY_KEY, [["id"]]);
    let inner = || Inner { at: Timestamp::UNIX_EPOCH, id: 1 };
    let deep = Deep { outer: Outer { inner: Some(Box::new(inner())) }, more: inner() };
    assert_eq!(deep.cursor(), Some(&Timestamp::UNIX_EPOCH));
    assert_eq!(Deep { outer: Outer { inner: None }, more: inner() }.cursor(), None);
    written(&deep);
}

#[test]
fn enums_without_data_are_texts() {
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
fn enums_with_data_are_one_object_where_they_can_be() {
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

#[test]
fn recursion_ends_in_an_object_of_which_nothing_is_said() {
    #[airbyte_stream(nested)]
    struct Node {
        name: String,
        first: Option<Box<Node>>,
        children: Vec<Node>,
    }
    let leaf = |name: &str| Node { name: name.to_owned(), first: None, children: Vec::new() };
    let node = Node { first: Some(Box::new(leaf("b"))), children: vec![leaf("c")], ..leaf("a") };
    #[airbyte_stream(name = "trees")]
    struct Tree {
        root: Node,
        next: Option<Box<Tree>>,
    }
    written(&Tree { root: node, next: Some(Box::new(Tree { root: leaf("d"), next: None })) });
    let schema = Tree::json_schema();
    let any = json!({"type": ["null", "object"], "additionalProperties": true});
    assert_eq!(schema["properties"]["next"], any);
    assert_eq!(schema["properties"]["root"]["properties"]["first"], any);
    assert_eq!(schema["properties"]["root"]["properties"]["children"]["items"]["type"], "object");
}

#[test]
fn a_recursive_type_that_is_no_object_ends_in_anything() {
    #[airbyte_stream(nested)]
    #[serde(untagged)]
    enum Tree {
        Leaf(i64),
        Node(Vec<Tree>),
    }
    #[airbyte_stream(name = "trees")]
    struct Record {
        tree: Tree,
    }
    let tree = Tree::Node(vec![Tree::Leaf(1), Tree::Node(vec![Tree::Node(vec![])])]);
    assert_eq!(written(&Record { tree })["tree"], json!([1, [[]]]));
}

/// Types of the author's own, and those of others.
#[test]
fn derives_of_serde_and_schemars_themselves() {
    #[derive(Serialize, schemars::JsonSchema)]
    struct Id(u64);
    column!(Id: Id(7) => 7, {"type": ["null", "integer"]});
}

#[cfg(feature = "decimal")]
#[test]
fn decimals_are_texts_without_loss() {
    use airbyte_sdk::stream::Decimal;
    let text = "12345678901234567890.12345678";
    column!(Option<Decimal>: Some(text.parse().unwrap()) => text, {"type": ["null", "string"], "pattern": r"^-?\d+(\.\d+)?$"});
    column!(Decimal: Decimal::new(110, 2) => "1.10", {"type": ["null", "string"], "pattern": r"^-?\d+(\.\d+)?$"});
}

#[cfg(feature = "uuid")]
#[test]
fn uuids_are_texts() {
    use airbyte_sdk::stream::Uuid;
    column!(Uuid: Uuid::nil() => "00000000-0000-0000-0000-000000000000", {"type": ["null", "string"]});
}

#[cfg(feature = "raw_json")]
#[test]
fn raw_json_passes_as_it_came_and_on_one_line() {
    use airbyte_sdk::stream::RawJson;
    #[airbyte_stream(name = "raw")]
    struct Record {
        raw: RawJson,
        maybe: Option<RawJson>,
    }
    let raw = serde_json::from_str("{\"z\":  1.10,\r\n \"a\": \"b\"}").unwrap();
    let record = Record { raw, maybe: None };
    assert_eq!(serde_json::to_string(&record).unwrap(), r#"{"raw":{"z":  1.10,   "a": "b"},"maybe":null}"#);
    assert_eq!(record.raw.get(), r#"{"z":  1.10,   "a": "b"}"#);
    written(&record);
    assert_eq!(Record::json_schema()["properties"], json!({"raw": {}, "maybe": {}}));
}
