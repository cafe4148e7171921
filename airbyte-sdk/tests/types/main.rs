//! Every type of a column: the written value is valid by its schema, and both follow Airbyte's table of types.
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

use airbyte_sdk::jiff::civil::{DateTime, Time, date, time};
use airbyte_sdk::stream::Binary;
use airbyte_sdk::{Date, Stream, Timestamp, airbyte_stream};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

#[cfg(feature = "testing")]
mod descriptions;
mod enums;
mod features;
mod known;
mod nested;

/// Returns the serialized record, validated against its schema.
fn written<T: Stream>(record: &T) -> Value {
    let schema = Value::from(T::json_schema());
    let value: Value = serde_json::from_str(&serde_json::to_string(record).unwrap()).unwrap();
    // Another test checks the formats: JSON Schema has none for a time without a zone.
    let validator = jsonschema::draft7::options().should_validate_formats(false).build(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?}\n{value}\n{schema:#}");
    // Every column may be null in a destination.
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

/// Asserts the serialized value and the schema of a column.
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

use column;

#[test]
fn scalar_types() {
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
    column!(airbyte_sdk::jiff::Zoned: Timestamp::UNIX_EPOCH.to_zoned(airbyte_sdk::jiff::tz::TimeZone::UTC)
        => "1970-01-01T00:00:00+00:00[UTC]", {"type": ["null", "string"]});
    column!(Binary: Binary(vec![0, 255]) => "AP8=", {"type": ["null", "string"], "contentEncoding": "base64"});
}

#[test]
fn integers_of_128_bits_keep_all_digits() {
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
fn dates_and_times_have_the_well_known_formats() {
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
        (f64, String): (f64::NAN, "a".to_owned()) => [null, "a"],
        {"type": ["null", "array"], "items": {"oneOf": [{"type": "null"}, {"type": "number"}, {"type": "string"}]}, "minItems": 2, "maxItems": 2}
    );
    column!(
        (i64, String): (1, "a".to_owned()) => [1, "a"],
        {"type": ["null", "array"], "items": {"oneOf": [{"type": "integer"}, {"type": "string"}]}, "minItems": 2, "maxItems": 2}
    );
}

#[test]
fn types_with_derives_of_serde_and_schemars() {
    #[derive(Serialize, schemars::JsonSchema)]
    struct Id(u64);
    column!(Id: Id(7) => 7, {"type": ["null", "integer"]});
}
