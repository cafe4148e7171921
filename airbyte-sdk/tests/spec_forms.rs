//! Every kind of field: its entry in the spec, and the message for a wrong value.
#![allow(dead_code, reason = "many of these fields are never read")]

use airbyte_sdk::{AirbyteSpec, ConfigValue, Date, Secret, spec};
use serde_json::{Value, json};

#[derive(AirbyteSpec)]
#[airbyte(title = "Shop", groups(login = "Login", reading = "Reading"))]
#[airbyte(oauth_login(
    predicate(login.type = "oauth"),
    user_input(shop = shopName),
    output(access_token = login.access_token, refresh_token = login.refresh_token),
    server_input(client_id, client_secret),
    server_output(client_id = login.client_id, client_secret = login.client_secret),
    requests(
        consent_url = "https://{{ shop }}.example.com/oauth?client_id={{ client_id_value }}",
        access_token_url = "https://{{ shop }}.example.com/token",
        scope = "read",
    ),
))]
#[serde(rename_all = "camelCase")]
struct Config {
    /// As in its address
    #[airbyte(group = "login", min_length = 2, max_length = 10, examples("toys"))]
    shop_name: String,
    #[airbyte(group = "login")]
    login: Login,
    #[airbyte(group = "reading", default = Region::Eu)]
    region: Region,
    #[airbyte(group = "reading", min_items = 1, max_items = 2)]
    regions: Vec<Region>,
    #[airbyte(group = "reading", max_items = 2)]
    reports: Vec<Report>,
    #[airbyte(group = "reading")]
    targets: Option<Vec<Target>>,
    #[airbyte(group = "reading")]
    #[serde(default)]
    paging: Paging,
    #[serde(rename = "window", default = "Window::week")]
    time_window: Window,
    #[serde(flatten)]
    limits: Limits,
    #[serde(skip)]
    cache: Vec<String>,
}

/// How you log in
#[derive(ConfigValue)]
#[airbyte(display_type = radio)]
enum Login {
    /// An API key of your account
    ApiKey {
        api_key: Secret,
        #[airbyte(default = 1, min = 1)]
        version: u8,
    },
    #[serde(rename = "oauth")]
    #[airbyte(title = "Log in")]
    OAuth(Tokens),
    #[airbyte(hidden)]
    Anonymous,
}

#[derive(ConfigValue)]
struct Tokens {
    client_id: String,
    client_secret: Secret,
    access_token: Secret,
    refresh_token: Option<Secret>,
}

#[derive(ConfigValue, Debug, PartialEq)]
#[serde(rename_all = "UPPERCASE")]
enum Region {
    Eu,
    Us,
    #[serde(rename = "asia-1")]
    Asia,
}

/// A report to read.
#[derive(ConfigValue)]
struct Report {
    name: String,
    from: Option<Date>,
    columns: Vec<String>,
}

#[derive(ConfigValue)]
#[serde(tag = "kind")]
enum Target {
    City { name: String },
    Country(Country),
}

#[derive(ConfigValue)]
struct Country {
    #[airbyte(pattern = "^[A-Z]{2}$", pattern_descriptor = "two capitals")]
    code: String,
}

#[derive(ConfigValue)]
struct Paging {
    #[airbyte(min = 1)]
    size: u16,
    after: Option<String>,
}

impl Default for Paging {
    fn default() -> Self {
        Self { size: 100, after: None }
    }
}

#[derive(ConfigValue, Debug, PartialEq)]
enum Window {
    All,
    Days { days: u32 },
}

impl Window {
    fn week() -> Self {
        Self::Days { days: 7 }
    }
}

#[derive(ConfigValue)]
struct Limits {
    #[airbyte(default = 4.5, min = 0.5)]
    per_second: f64,
    total: Option<u32>,
}

/// Returns the smallest valid configuration.
fn config() -> Value {
    json!({
        "shopName": "toys",
        "login": {"type": "api_key", "api_key": "k-123456"},
        "regions": ["EU"],
        "reports": [{"name": "sales", "columns": ["day"]}],
    })
}

/// Returns the message for the valid configuration with these changes.
fn message(changes: Value) -> String {
    let mut config = config();
    let (Value::Object(object), Value::Object(changes)) = (&mut config, changes) else { unreachable!() };
    object.extend(changes);
    let message =
        Config::from_json(&config).err().map_or_else(String::new, |error| error.message().to_owned());
    message.strip_prefix("The configuration is not valid").unwrap_or(&message).to_owned()
}

#[test]
fn spec_matches_the_golden_file() {
    let spec = serde_json::to_value(spec::specification::<Config>().unwrap()).unwrap();
    let text = serde_json::to_string_pretty(&spec).unwrap() + "\n";
    if std::env::var_os("BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/spec_forms/spec.json");
        std::fs::write(path, &text).unwrap();
        return;
    }
    assert_eq!(
        text,
        include_str!("spec_forms/spec.json"),
        "if the new spec is right: `BLESS=1 cargo test -p airbyte-sdk --test spec_forms`"
    );
}

#[test]
fn absent_fields_have_their_defaults() {
    let read = Config::from_json(&config()).unwrap();
    assert!(matches!(&read.login, Login::ApiKey { api_key, version: 1 } if api_key.expose() == "k-123456"));
    assert_eq!((read.region, read.regions), (Region::Eu, vec![Region::Eu]));
    assert_eq!((read.paging.size, read.time_window), (100, Window::Days { days: 7 }));
    assert_eq!((read.limits.per_second, read.limits.total), (4.5, None));
    assert!(read.targets.is_none() && read.cache.is_empty());
}

#[derive(AirbyteSpec)]
struct Sections {
    limits: Limits,
}

#[test]
fn section_without_required_fields_may_be_left_out() {
    let spec = serde_json::to_value(spec::specification::<Sections>().unwrap()).unwrap();
    assert_eq!(spec["connectionSpecification"]["required"], json!([]));
    let read = Sections::from_json(&json!({})).unwrap();
    assert_eq!((read.limits.per_second, read.limits.total), (4.5, None));
}

#[test]
fn every_kind_of_field_is_read() {
    let mut given = config();
    given["login"] =
        json!({"type": "oauth", "client_id": "i", "client_secret": "s", "access_token": "t", "more": 1});
    given["targets"] = json!([{"kind": "city", "name": "Rome"}, {"kind": "country", "code": "IT"}]);
    given["window"] = json!({"type": "all"});
    given["paging"] = json!({"size": 5, "after": "x"});
    given["region"] = json!("asia-1");
    given["per_second"] = json!(1);
    let read = Config::from_json(&given).unwrap();
    assert!(matches!(&read.login, Login::OAuth(tokens) if tokens.access_token.expose() == "t"));
    let targets = read.targets.unwrap();
    assert!(
        matches!(&targets[..], [Target::City { name }, Target::Country(Country { code })] if name == "Rome" && code == "IT")
    );
    assert_eq!((read.region, read.time_window, read.limits.per_second), (Region::Asia, Window::All, 1.0));
    assert_eq!((read.paging.size, read.paging.after.as_deref()), (5, Some("x")));

    given["login"] = json!({"type": "anonymous"});
    assert!(matches!(Config::from_json(&given).unwrap().login, Login::Anonymous));
}

#[test]
fn message_names_the_place_of_the_mistake() {
    for (changes, expected) in [
        (json!({"login": null}), ": `login` is missing"),
        (json!({"login": "k-1"}), ": `login` must be an object, not a string"),
        (
            json!({"login": {}}),
            ": `login.type` is missing; it must be one of `api_key`, `oauth`, `anonymous`",
        ),
        (json!({"login": {"type": "key"}}), ": `login.type` must be one of `api_key`, `oauth`, `anonymous`"),
        (
            json!({"login": {"type": 7}}),
            ": `login.type` must be one of `api_key`, `oauth`, `anonymous`, not a number",
        ),
        (json!({"login": {"type": "api_key"}}), ": `login.api_key` is missing"),
        (
            json!({"login": {"type": "oauth", "client_id": 5}}),
            " in 3 places: `login.client_id` must be a string, not a number; `login.client_secret` is missing; \
             `login.access_token` is missing",
        ),
        (json!({"region": "eu"}), ": `region` must be one of `EU`, `US`, `asia-1`"),
        (json!({"region": {}}), ": `region` must be one of `EU`, `US`, `asia-1`, not an object"),
        (json!({"regions": []}), ": `regions` must have at least 1 item"),
        (json!({"regions": ["EU", "EU", "US"]}), ": `regions` must have at most 2 items"),
        (json!({"regions": ["EU", "XX"]}), ": `regions[1]` must be one of `EU`, `US`, `asia-1`"),
        (json!({"regions": "EU"}), ": `regions` must be an array, not a string"),
        (
            json!({"reports": [{"name": "a", "columns": []}, {"from": "now"}]}),
            " in 3 places: `reports[1].name` is missing; `reports[1].from` must be a date like 2024-01-31; \
             `reports[1].columns` is missing",
        ),
        (json!({"reports": ["sales"]}), ": `reports[0]` must be an object, not a string"),
        (json!({"targets": [{"kind": "sea"}]}), ": `targets[0].kind` must be one of `city`, `country`"),
        (json!({"targets": [{"kind": "country", "code": "it"}]}), ": `targets[0].code` must be two capitals"),
        (json!({"paging": {"size": 0}}), ": `paging.size` must be at least 1"),
        (json!({"paging": {}}), ": `paging.size` is missing"),
        (json!({"shopName": "x"}), ": `shopName` must have at least 2 characters"),
        (json!({"shopName": "ünïcödé-äß"}), ""),
        (json!({"shopName": "more than ten"}), ": `shopName` must have at most 10 characters"),
        (
            json!({"per_second": 0.1, "total": -1}),
            " in 2 places: `per_second` must be at least 0.5; `total` must be an integer from 0 to 4294967295",
        ),
    ] {
        assert_eq!(message(changes.clone()), expected, "{changes}");
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let wrong = json!({"login": {"type": "none"}, "regions": [1], "reports": [{}], "window": {"type": "days", "days": "x"}});
    assert_eq!(
        Config::from_json(&wrong).err().unwrap().message(),
        "The configuration is not valid in 6 places: `shopName` is missing; \
         `login.type` must be one of `api_key`, `oauth`, `anonymous`; \
         `regions[0]` must be one of `EU`, `US`, `asia-1`, not a number; \
         `reports[0].name` is missing; `reports[0].columns` is missing; \
         `window.days` must be an integer from 0 to 4294967295, not a string"
    );
}

#[derive(AirbyteSpec)]
struct Overlapping {
    #[serde(flatten)]
    limits: Limits,
    total: Option<u32>,
    choice: Option<OverlappingTag>,
}

#[derive(ConfigValue)]
#[airbyte(tag = "total")]
enum OverlappingTag {
    Limits(Limits),
}

#[test]
fn key_of_two_fields_is_a_fault() {
    let expected = ["two fields have the key `total`", "two fields have the key `choice.total`"];
    assert_eq!(spec::faults::<Overlapping>(), expected);
    assert_eq!(spec::faults::<Config>(), [""; 0]);
}

#[derive(AirbyteSpec)]
#[airbyte(oauth_login(
    predicate(login.type = "oauth2"),
    output(access_token = login.token, refresh_token = login),
    server_output(client_id = login.client_id),
))]
struct InvalidLogin {
    login: Login,
}

#[test]
fn login_to_an_unknown_field_is_a_fault() {
    assert_eq!(
        spec::faults::<InvalidLogin>(),
        [
            "`predicate`: `login.type` is never `oauth2`",
            "`output`: there is no field `login.token` for `access_token`",
            "`output`: `login` is an object, but `refresh_token` is a single value",
            "`server_output`: `client_id` is missing from `server_input`",
        ]
    );
}

#[derive(AirbyteSpec)]
struct Access {
    #[airbyte(url)]
    api_url: Option<String>,
    key: Option<Secret>,
    keys: Option<Vec<Secret>>,
    #[airbyte(allow_blank)]
    password: Option<Secret>,
    #[airbyte(url, allow_blank, min_length = 3)]
    webhook: Option<Secret>,
}

/// Returns whether the spec allows a configuration, and the message of the parser.
fn check(config: &Value) -> (bool, String) {
    let spec = spec::specification::<Access>().map(|spec| serde_json::to_value(spec).unwrap_or_default());
    let spec = spec.unwrap_or_default();
    let valid = jsonschema::is_valid(&spec["connectionSpecification"], config);
    let message =
        Access::from_json(config).err().map_or_else(String::new, |error| error.message().to_owned());
    (valid, message.strip_prefix("The configuration is not valid: ").unwrap_or(&message).to_owned())
}

#[test]
fn blank_secret_is_rejected() {
    for (config, expected) in [
        (json!({"key": ""}), (false, "`key` must not be blank")),
        // The spec could say this only by a pattern, which the form would show.
        (json!({"key": " \n"}), (true, "`key` must not be blank")),
        (json!({"keys": ["k", ""]}), (false, "`keys[1]` must not be blank")),
        (json!({"key": "k", "password": "", "keys": [" k"]}), (true, "")),
        (json!({"password": " "}), (true, "")),
        (
            json!({"webhook": ""}),
            (false, "`webhook` must be a URL such as https://api.example.com: it is empty"),
        ),
    ] {
        let (valid, message) = check(&config);
        assert_eq!((valid, message.as_str()), expected, "{config}");
    }
}

#[test]
fn url_is_checked_by_spec_and_parser() {
    for (url, in_spec, accepted) in [
        ("https://api.example.com", true, true),
        ("HTTP://a_b-c.example.:8080/v1/%20?", false, false),
        ("HTTP://a_b-c.example.:8080/v1/%20", true, true),
        ("http://[2001:db8::1]:80/", true, true),
        ("http://localhost", true, true),
        ("https://a.example/ü", true, true),
        ("", false, false),
        ("api.example.com", false, false),
        ("https:/a.example", false, false),
        ("https:///a", false, false),
        ("https://a.example:", false, false),
        ("https://a.example:8o", false, false),
        ("https://a.example:123456", false, false),
        ("https://bob:x@a.example", false, false),
        ("https://a.example#x", false, false),
        ("https://a.example?x", false, false),
        ("https://a.example/a b", false, false),
        (" https://a.example", false, false),
        ("https://a.example\n", false, false),
        ("https://b\u{fc}.example", false, false),
        ("ftp://a.example", false, false),
        // What a pattern cannot express.
        ("https://a.example:99999", true, false),
        ("https://a..example", true, false),
        ("https://[::1::2]", true, false),
        ("https://a.example/\u{a0}", true, false),
    ] {
        let (valid, message) = check(&json!({"api_url": url}));
        assert_eq!((valid, message.is_empty()), (in_spec, accepted), "{url:?}: {message}");
        assert!(
            accepted || message.starts_with("`api_url` must be a URL such as https://api.example.com: "),
            "{message}"
        );
    }
}
