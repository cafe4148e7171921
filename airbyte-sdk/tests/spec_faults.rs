//! Mistakes in a spec that the compiler cannot find.
#![allow(dead_code, reason = "many of these fields are never read")]

use airbyte_sdk::{AirbyteSpec, ConfigValue, Date, Secret, Timestamp, spec};
use serde_json::{Value, json};

#[derive(ConfigValue)]
enum Login {
    Basic { name: String, password: Secret },
    Anonymous { withheld: Option<Secret> },
}

#[derive(ConfigValue)]
struct Account {
    name: String,
    #[serde(flatten)]
    keys: Keys,
}

#[derive(ConfigValue)]
struct Keys {
    token: Secret,
    older: Option<Vec<Secret>>,
}

impl Account {
    fn ours() -> Self {
        let older = Some(vec!["t-second".into(), "t-third".into()]);
        Self { name: "ours".to_owned(), keys: Keys { token: "t-first".into(), older } }
    }
}

#[derive(AirbyteSpec)]
struct Public {
    #[airbyte(default = Login::Basic { name: "guest".to_owned(), password: "s3cr3t".into() })]
    fallback: Login,
    #[airbyte(default = vec![Account::ours()])]
    accounts: Vec<Account>,
    #[airbyte(default = Login::Anonymous { withheld: None })]
    login: Login,
    inner: Option<Inner>,
}

#[derive(ConfigValue)]
struct Inner {
    #[serde(default = "Account::ours")]
    account: Account,
}

#[test]
fn secret_in_a_default_is_a_fault() {
    let public = |place: &str| format!("the default of `{place}` contains a secret, and a spec is public");
    assert_eq!(spec::faults::<Public>(), ["fallback", "accounts", "inner.account"].map(public));
}

#[test]
fn default_with_a_secret_is_still_used() {
    let read = Public::from_json(&json!({})).unwrap();
    assert!(matches!(&read.fallback, Login::Basic { password, .. } if password.expose() == "s3cr3t"));
    assert_eq!(read.accounts[0].keys.token.expose(), "t-first");
}

#[derive(ConfigValue)]
enum Region {
    Eu,
    Us,
}

const LEAST: i64 = 5;

fn nothing() -> i64 {
    0
}

fn rome() -> String {
    "Rome".to_owned()
}

#[derive(AirbyteSpec)]
struct Broken {
    #[airbyte(default = vec![Region::Us], min_items = 2)]
    regions: Vec<Region>,
    #[airbyte(min = LEAST)]
    #[serde(default = "nothing")]
    low: i64,
    #[airbyte(max = -LEAST, default = nothing())]
    high: i64,
    #[airbyte(pattern = "^[a-z]+$", pattern_descriptor = "small letters")]
    #[serde(default = "rome")]
    city: String,
    #[airbyte(min_length = 1, hidden)]
    #[serde(default)]
    code: String,
    #[airbyte(default = Paging { size: 0, order: vec![Region::Eu] })]
    paging: Paging,
    #[airbyte(default = f64::NAN)]
    ratio: f64,
    #[airbyte(default = 0.5, min = f64::NEG_INFINITY)]
    share: f64,
    #[airbyte(default = Date::MIN)]
    day: Date,
    #[airbyte(default = Timestamp::MIN)]
    moment: Timestamp,
    choice: Choice,
}

#[derive(ConfigValue)]
struct Paging {
    #[airbyte(min = 1)]
    size: u16,
    #[airbyte(max_items = 2)]
    order: Vec<Region>,
}

#[derive(ConfigValue)]
enum Choice {
    Days {
        #[airbyte(max = 7)]
        #[serde(default = "Choice::month")]
        days: u8,
    },
}

impl Choice {
    fn month() -> u8 {
        30
    }
}

#[test]
fn default_that_breaks_the_rules_of_its_field_is_a_fault() {
    assert_eq!(
        spec::faults::<Broken>(),
        [
            "the default of `regions` must have at least 2 items",
            "the default of `low` must be at least 5",
            "the default of `high` must be at most -5",
            "the default of `city` must be small letters",
            "the default of `code` must have at least 1 character",
            "in the default of `paging`, `size` must be at least 1",
            "the default of `ratio` is NaN or infinite, which JSON cannot represent",
            "a limit of `share` is NaN or infinite, which JSON cannot represent",
            "the default of `day` must be a date like 2024-01-31",
            "the default of `moment` must be a UTC timestamp like 2024-01-31T09:30:00Z",
            "the default of `choice.days` must be at most 7",
        ]
    );
}

#[test]
fn invalid_default_is_an_error_that_names_the_field() {
    let error = spec::specification::<Public>().err().unwrap();
    let expected = "the spec is invalid: the default of `fallback` contains a secret, and a spec is public; ";
    assert!(error.message().starts_with(expected), "{error}");
}

#[derive(AirbyteSpec)]
struct Share {
    #[airbyte(min = 0.1, max = 0.7, default = 0.3)]
    share: f64,
}

#[test]
fn numbers_are_equal_in_spec_and_parser() {
    let spec = serde_json::to_value(spec::specification::<Share>().unwrap()).unwrap();
    let field = &spec["connectionSpecification"]["properties"]["share"];
    assert_eq!(
        (&field["minimum"], &field["maximum"], &field["default"]),
        (&json!(0.1), &json!(0.7), &json!(0.3))
    );
    for share in ["0.1", "0.7"] {
        let config = serde_json::from_str::<Value>(&format!(r#"{{"share": {share}}}"#)).unwrap();
        assert_eq!(Share::from_json(&config).unwrap().share.to_string(), share);
    }
    // JSON has no non-finite numbers, and serde_json rejects numbers that are too large.
    for share in ["NaN", "Infinity", "1e400"] {
        assert!(serde_json::from_str::<Value>(&format!(r#"{{"share": {share}}}"#)).is_err(), "{share}");
    }
}
