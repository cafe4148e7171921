//! Patterns in a spec: the connector accepts what a JSON Schema validator accepts, and the SDK's own patterns are portable.

use airbyte_sdk::spec::{self, Field, Form};
use airbyte_sdk::{AirbyteSpec, Date, Timestamp};
use airbyte_spec_rules::Pattern;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Types and attributes for which the SDK writes a pattern.
#[derive(AirbyteSpec)]
#[allow(dead_code, reason = "only its spec is looked at")]
struct OfTheSdk {
    #[airbyte(url)]
    url: String,
    date: Date,
    timestamp: Timestamp,
    dates: Vec<Date>,
}

#[test]
fn patterns_of_the_sdk_are_portable() {
    let spec = serde_json::to_value(spec::specification::<OfTheSdk>().unwrap()).unwrap();
    let properties = &spec["connectionSpecification"]["properties"];
    for schema in ["/url", "/date", "/timestamp", "/dates/items"] {
        let pattern = properties.pointer(schema).unwrap()["pattern"].as_str().unwrap();
        Pattern::new(pattern).unwrap_or_else(|error| panic!("{schema}: {error}"));
    }
}

struct ByHand;

impl AirbyteSpec for ByHand {
    const TITLE: &'static str = "By hand";

    fn form(form: &mut Form<'_>) -> Option<Self> {
        form.field(Field::<String>::new("code").pattern(r"^\S+$"))?;
        Some(Self)
    }
}

#[test]
fn pattern_written_by_hand_that_is_not_portable_is_a_fault() {
    let [fault] = &spec::faults::<ByHand>()[..] else { panic!("one fault is expected") };
    assert!(fault.starts_with(r"`code`: the pattern is not portable: `\S` at character 2"), "{fault}");
}

const PATTERNS: &[&str] = &[
    "a",
    "^a$",
    "^[a-z]{1,3}$",
    "^[^a]+$",
    "^.+$",
    "^a.*b$",
    r"^\d+$",
    r"^\w*$",
    r"\s",
    r"^[\w.-]+$",
    r"^(?:a|b-)+?$",
    r"^[\]\[\\^-]+$",
    r"^\u0041|\x42$",
    "^(a|b|)$",
    "é{2}",
];

/// Generates strings, mostly of characters that some engines treat differently.
fn texts() -> impl Strategy<Value = String> {
    let special: Vec<char> =
        "abzAB019_-.[]\\^ \t\n\r\u{b}\u{85}\u{a0}\u{2028}\u{feff}\u{661}éK🦀".chars().collect();
    let character = prop_oneof![4 => prop::sample::select(special), 1 => any::<char>()];
    prop::collection::vec(character, 0..5).prop_map(|characters| characters.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn accepts_only_what_a_json_schema_validator_accepts(pattern in prop::sample::select(PATTERNS), text in texts()) {
        let schema = json!({"type": "string", "pattern": pattern});
        let accepts = Pattern::new(pattern).unwrap().is_match(&text);
        let value = Value::from(text.as_str());
        let is_valid = jsonschema::is_valid(&schema, &value);
        // The validator's `\s` and `.` match more unusual characters.
        prop_assert!(!accepts || is_valid, "{pattern} accepts {text:?}");
        let is_plain = text.chars().all(|c| c.is_ascii_graphic() || matches!(c, ' ' | '\n' | 'é' | '🦀'));
        prop_assert!(accepts || !is_valid || !is_plain, "{pattern} rejects {text:?}");
    }
}
