//! Assertions about the specification and the catalog entries that are generated from a connector's types.

use super::samples::Samples;
use crate::AirbyteSpec;
use crate::spec;
use crate::stream::{Resume, Stream, StreamInfo};
use serde_json::{Value, json};

/// Returns the payload of the SPEC message of a configuration, e.g. for [`assert_golden`](super::assert_golden).
///
/// # Panics
///
/// In a debug build, if the spec is invalid; the message names each fault.
#[must_use]
#[expect(clippy::panic, reason = "for tests only")]
pub fn spec_of<C: AirbyteSpec>() -> Value {
    match spec::specification::<C>() {
        Ok(specification) => serde_json::to_value(specification).unwrap_or_default(),
        Err(error) => panic!("{}", error.message()),
    }
}

/// Returns the CATALOG entry of a stream without partitions. It is incremental if the stream has a cursor.
#[must_use]
pub fn stream_of<T: Stream>() -> Value {
    let resume = if T::CURSOR_FIELD.is_empty() { Resume::Never } else { Resume::Cursor };
    serde_json::to_value(StreamInfo::of::<T>().describe(T::json_schema(), resume)).unwrap_or_default()
}

/// The number of configurations that are tried.
const SAMPLES: u64 = 200;

/// Checks that the spec of a configuration follows the protocol, and that the parser agrees with the spec.
///
/// Generates 200 valid configurations from the spec, the same in each run. The parser must accept each of them, and must
/// reject each of them after one mistake was added, with an error that names the field with the mistake.
///
/// ```
/// # use airbyte_sdk::{AirbyteSpec, Secret};
/// #[derive(AirbyteSpec)]
/// struct Config {
///     api_key: Secret,
///     #[airbyte(default = 100, min = 1, max = 1000)]
///     page_size: u32,
/// }
///
/// airbyte_sdk::testing::assert_spec::<Config>();
/// ```
///
/// # Panics
///
/// - If the spec breaks a rule of the protocol; the message lists all of them.
/// - If the spec and the parser disagree; the message contains the configuration.
/// - If no configuration can be generated, because a field has a `pattern` but no `examples`.
#[expect(clippy::panic, reason = "this is an assertion")]
pub fn assert_spec<C: AirbyteSpec>() {
    let faults = spec::faults::<C>();
    assert!(faults.is_empty(), "the spec is invalid: {}", faults.join("; "));
    let specification = spec_of::<C>();
    airbyte_conformance::check_spec(&specification, spec::not_secret::<C>()).assert_conforms();
    let schema = &specification["connectionSpecification"];
    for seed in 0..SAMPLES {
        let mut samples = Samples::new(seed);
        let valid = samples.valid(schema, "").unwrap_or_else(|field| {
            panic!("no value for `{field}` can be generated from its pattern: add `examples(…)`, which the form shows too")
        });
        if let Err(error) = C::from_json(&valid) {
            panic!("the spec allows this configuration, but the parser rejects it\n{valid:#}\n{error}");
        }
        let Some(invalid) = samples.invalid(schema, &valid) else { continue };
        let place = format!("`{}`", invalid.place);
        match C::from_json(&invalid.config) {
            Ok(_) => panic!(
                "the spec rejects this configuration because of {place}, but the parser accepts it\n{:#}",
                invalid.config
            ),
            Err(error) if !error.message().contains(&place) => panic!(
                "the error does not name {place}, which is invalid in this configuration\n{:#}\n{error}",
                invalid.config
            ),
            Err(_) => {}
        }
    }
}

/// Checks that the catalog entry of a stream follows the protocol: its primary key, its cursor and its schema.
///
/// ```
/// # use airbyte_sdk::{Date, airbyte_stream};
/// #[airbyte_stream(name = "days", primary_key(day), cursor = day)]
/// struct Day {
///     day: Date,
/// }
///
/// airbyte_sdk::testing::assert_stream::<Day>();
/// ```
///
/// # Panics
///
/// If the entry breaks a rule; the message lists all of them.
pub fn assert_stream<T: Stream>() {
    airbyte_conformance::check_catalog(&json!({"streams": [stream_of::<T>()]})).assert_conforms();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Date, Secret, Timestamp};
    use proptest::prelude::*;

    /// Returns an independent JSON Schema validator, to compare the parser with.
    fn validator<C: AirbyteSpec>() -> (Value, jsonschema::Validator) {
        let schema = spec_of::<C>()["connectionSpecification"].clone();
        let validator = jsonschema::draft7::options().should_validate_formats(true).build(&schema).unwrap();
        (schema, validator)
    }

    #[derive(AirbyteSpec)]
    #[allow(dead_code, reason = "only whether a value is accepted is tested")]
    struct Flat {
        text: String,
        #[airbyte(pattern = "^[a-z]+$", pattern_descriptor = "lower-case letters", examples("abc"))]
        letters: Option<String>,
        key: Secret,
        #[airbyte(default = 5, min = -3, max = 7)]
        small: i64,
        byte: u8,
        whole: i64,
        #[airbyte(min = 0.5)]
        ratio: Option<f64>,
        #[airbyte(default = true)]
        switch: bool,
        day: Date,
        moment: Option<Timestamp>,
        list: Vec<String>,
        numbers: Option<Vec<u16>>,
    }

    #[test]
    fn not_secret_field_conforms_despite_its_name() {
        #[derive(AirbyteSpec)]
        struct Paged {
            #[airbyte(not_secret)]
            page_token: Option<String>,
        }
        assert_spec::<Paged>();
        assert!(!spec_of::<Paged>().to_string().contains("secret"));
        let _ = |paged: Paged| paged.page_token;
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn parser_agrees_with_a_validator(seed: u64) {
            let (schema, validator) = validator::<Flat>();
            let mut samples = Samples::new(seed);
            let valid = samples.valid(&schema, "").unwrap();
            prop_assert!(validator.is_valid(&valid), "{valid:#}");
            prop_assert!(Flat::from_json(&valid).is_ok(), "{valid:#}");
            let invalid = samples.invalid(&schema, &valid).unwrap();
            prop_assert!(!validator.is_valid(&invalid.config), "{invalid:#?}");
            prop_assert!(Flat::from_json(&invalid.config).is_err(), "{invalid:#?}");
        }
    }
}
