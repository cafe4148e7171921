//! The column types behind cargo features.
#![cfg(any(feature = "decimal", feature = "uuid", feature = "raw_json"))]

use super::{column, written};
use airbyte_sdk::{Stream, airbyte_stream};
use serde_json::json;

#[cfg(feature = "decimal")]
#[test]
fn decimals_are_strings_with_all_digits() {
    use airbyte_sdk::stream::Decimal;
    let text = "12345678901234567890.12345678";
    column!(Option<Decimal>: Some(text.parse().unwrap()) => text, {"type": ["null", "string"], "pattern": r"^-?\d+(\.\d+)?$"});
    column!(Decimal: Decimal::new(110, 2) => "1.10", {"type": ["null", "string"], "pattern": r"^-?\d+(\.\d+)?$"});
}

#[cfg(feature = "uuid")]
#[test]
fn uuids_are_strings() {
    use airbyte_sdk::stream::Uuid;
    column!(Uuid: Uuid::nil() => "00000000-0000-0000-0000-000000000000", {"type": ["null", "string"]});
}

#[cfg(feature = "raw_json")]
#[test]
fn raw_json_is_unchanged_but_on_one_line() {
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
