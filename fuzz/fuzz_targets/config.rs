//! Configurations: what the parser accepts, the published spec accepts as well. (The parser may be stricter.) No error shows the
//! secret.

#![no_main]
#![allow(dead_code, reason = "the fields are parsed and not used")]

use airbyte_sdk::{AirbyteSpec, ConfigValue, Date, Secret, Timestamp};
use jsonschema::Validator;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::sync::LazyLock;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(min_length = 2, max_length = 5)]
    name: String,
    api_key: Secret,
    #[airbyte(pattern = "^[A-Z]{2}$", pattern_descriptor = "two capital letters")]
    country: Option<String>,
    #[airbyte(url)]
    address: Option<String>,
    #[airbyte(min = 1, max = 100)]
    page_size: Option<u8>,
    ratio: Option<f64>,
    count: Option<i64>,
    active: Option<bool>,
    from: Option<Date>,
    since: Option<Timestamp>,
    #[airbyte(max_items = 3)]
    names: Option<Vec<String>>,
    login: Option<Login>,
}

#[derive(ConfigValue)]
enum Login {
    Key { key: Secret },
    Password { user: String, password: Secret },
}

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let spec = serde_json::to_value(airbyte_sdk::spec::specification::<Config>().expect("a valid spec"))
        .expect("a spec is JSON");
    jsonschema::validator_for(&spec["connectionSpecification"]).expect("a spec is a JSON Schema")
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(config) = serde_json::from_slice::<Value>(bytes) else { return };
    match Config::from_json(&config) {
        Ok(_) => assert!(SCHEMA.is_valid(&without_nulls(config.clone())), "the spec rejects {config}"),
        Err(error) => {
            let Some(secret) = config["api_key"].as_str().filter(|secret| !secret.trim().is_empty()) else {
                return;
            };
            let (secret, error) = (secret.to_owned(), error.to_string());
            // A secret may be a part of the message by chance. Then another one has the same message.
            if error.contains(&secret) {
                let mut other = config;
                other["api_key"] = "another".into();
                let other = Config::from_json(&other).err().map(|error| error.to_string());
                assert_eq!(other, Some(error), "the error shows a secret");
            }
        }
    }
});

/// The parser reads null as a missing value, since clients write it for fields that are not filled in.
fn without_nulls(config: Value) -> Value {
    match config {
        Value::Object(object) => {
            let given = object.into_iter().filter(|(_, value)| !value.is_null());
            given.map(|(key, value)| (key, without_nulls(value))).collect()
        }
        Value::Array(elements) => elements.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
