//! One line for each type of a connector: is what was made of it what the platform wants?

use super::samples::Samples;
use crate::AirbyteSpec;
use crate::spec;
use crate::stream::{Resume, Stream, StreamInfo};
use serde_json::{Value, json};

/// The payload of the SPEC message for a configuration, to be compared with a file that is checked in.
///
/// # Panics
///
/// In a debug build, if the spec is invalid, with what is wrong.
#[must_use]
#[expect(clippy::panic, reason = "for tests only")]
pub fn spec_of<C: AirbyteSpec>() -> Value {
    match spec::specification::<C>() {
        Ok(specification) => serde_json::to_value(specification).unwrap_or_default(),
        Err(error) => panic!("{}", error.message()),
    }
}

/// The entry in the CATALOG for a stream that is read in one go: incrementally, if it has a cursor.
#[must_use]
pub fn stream_of<T: Stream>() -> Value {
    let resume = if T::CURSOR_FIELD.is_empty() { Resume::Never } else { Resume::Cursor };
    serde_json::to_value(StreamInfo::of::<T>().describe(T::json_schema(), resume)).unwrap_or_default()
}

/// How many configurations are tried.
const SAMPLES: u64 = 200;

/// Judges the spec of a configuration by the rules of the protocol, and tries whether spec and parser accept and refuse
/// the same: of some hundred configurations, made from the spec with the same chances each time, each that is right
/// must be read, and each with a mistake be refused with the place of the mistake.
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
/// If a rule is broken, with all of them; if spec and parser disagree, with the configuration; if no configuration can
/// be made, because a required field has a `pattern` and no `examples`.
#[expect(clippy::panic, reason = "this is an assertion")]
pub fn assert_spec<C: AirbyteSpec>() {
    let faults = spec::faults::<C>();
    assert!(faults.is_empty(), "the spec is invalid: {}", faults.join("; "));
    let specification = spec_of::<C>();
    airbyte_conformance::check_spec(&specification, spec::not_secret::<C>()).assert_conforms();
    let schema = &specification["connectionSpecification"];
    for seed in 0..SAMPLES {
        let mut samples = Samples::new(seed);
        let right = samples.right(schema, "").unwrap_or_else(|field| {
            panic!("`{field}` has a pattern, and no text that matches: give it `examples(…)`, which users like as well")
        });
        if let Err(error) = C::from_json(&right) {
            panic!("the spec allows this configuration, and the parser does not\n{right:#}\n{error}");
        }
        let Some(spoilt) = samples.spoil(schema, &right) else { continue };
        let place = format!("`{}`", spoilt.place);
        match C::from_json(&spoilt.config) {
            Ok(_) => panic!(
                "the spec does not allow this configuration, because of {place}, and the parser does\n{:#}",
                spoilt.config
            ),
            Err(error) if !error.message().contains(&place) => panic!(
                "the error does not name {place}, which is wrong in this configuration\n{:#}\n{error}",
                spoilt.config
            ),
            Err(_) => {}
        }
    }
}

/// Judges the catalog's entry of a stream by the rules of the protocol: its keys, its cursor and its schema.
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
/// If a rule is broken, with all of them.
pub fn assert_stream<T: Stream>() {
    airbyte_conformance::check_catalog(&json!({"streams": [stream_of::<T>()]})).assert_conforms();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Date, Secret, Timestamp};
    use proptest::prelude::*;

    /// What the parser is held against, a validator that nobody here has written.
    fn validator<C: AirbyteSpec>() -> (Value, jsonschema::Validator) {
        let schema = spec_of::<C>()["connectionSpecification"].clone();
        let validator = jsonschema::draft7::options().should_validate_formats(true).build(&schema).unwrap();
        (schema, validator)
    }

    #[derive(AirbyteSpec)]
    #[allow(dead_code, reason = "what is tested is which values are accepted")]
    struct Flat {
        text: String,
        #[airbyte(pattern = "^[a-z]+$", pattern_descriptor = "small letters", examples("abc"))]
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
    fn a_name_that_sounds_like_a_secret_may_be_none() {
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
        fn the_parser_agrees_with_a_validator(seed: u64) {
            let (schema, validator) = validator::<Flat>();
            let mut samples = Samples::new(seed);
            let right = samples.right(&schema, "").unwrap();
            prop_assert!(validator.is_valid(&right), "{right:#}");
            prop_assert!(Flat::from_json(&right).is_ok(), "{right:#}");
            let spoilt = samples.spoil(&schema, &right).unwrap();
            prop_assert!(!validator.is_valid(&spoilt.config), "{spoilt:#?}");
            prop_assert!(Flat::from_json(&spoilt.config).is_err(), "{spoilt:#?}");
        }
    }
}
