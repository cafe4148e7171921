//! JSON that passes through a record as it came.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Any JSON, passed on as the service wrote it: no digit and no order of keys is touched, and nothing is parsed.
///
/// Behind the feature `raw_json`, since serde_json then looks for such values in every record, which costs all of them
/// about 6 %. [`serde_json::Value`] does without.
#[derive(Clone, Debug)]
pub struct RawJson(Box<RawValue>);

impl RawJson {
    /// The text.
    pub fn get(&self) -> &str {
        self.0.get()
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if !raw.get().contains(['\n', '\r']) {
            return Ok(Self(raw));
        }
        // A line break would end the record's line. It can only stand between tokens, so a blank means the same.
        let text = raw.get().replace(['\n', '\r'], " ");
        RawValue::from_string(text).map(Self).map_err(serde::de::Error::custom)
    }
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl JsonSchema for RawJson {
    fn schema_name() -> Cow<'static, str> {
        "RawJson".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        true.into()
    }
}
