//! Reads `acceptance-test-config.yml`, and finds the mistakes in it.
use serde_json::{Map, Value};
use std::path::Path;
use yaml_rust2::{Yaml, YamlLoader};

const NAME: &str = "acceptance-test-config.yml";

/// The sections that are tested, with the supported keys of their entries.
const SECTIONS: [(&str, &[&str]); 6] = [
    ("spec", &["spec_path"]),
    ("connection", &["status"]),
    ("discovery", &["validate_primary_keys_data_type"]),
    (
        "basic_read",
        &[
            "configured_catalog_path",
            "empty_streams",
            "expect_records",
            "expect_trace_message_on_failure",
            "fail_on_extra_columns",
            "ignored_fields",
            "validate_data_points",
            "validate_primary_keys_data_type",
            "validate_schema",
            "validate_state_messages",
            "validate_stream_statuses",
        ],
    ),
    ("full_refresh", &["configured_catalog_path", "empty_streams", "ignored_fields"]),
    (
        "incremental",
        &[
            "configured_catalog_path",
            "empty_streams",
            "future_state",
            "future_state_path",
            "skip_comprehensive_incremental_tests",
        ],
    ),
];

/// The keys that every section supports.
const EVERYWHERE: [&str; 4] = ["bypass_reason", "config_path", "deployment_mode", "timeout_seconds"];

/// Keys of Airbyte's tests that are ignored, and why. All other keys are mistakes.
const IGNORED: [(&str, &str); 8] = [
    ("auth_default_method", "the order of login methods is not tested"),
    ("backward_compatibility_tests_config", "earlier versions are not tested"),
    ("client_container_config", "no additional container is run"),
    ("cursor_paths", "cursor values in a state are found by the name of the cursor"),
    ("file_types", "file types are not tested"),
    ("ignored_fields", "fields that differ between equal reads are detected"),
    ("empty_streams", "streams are not tested here"),
    ("threshold_days", "repeated records are allowed"),
];

/// Sections of Airbyte's tests that do not run the connector, which are ignored.
const OTHER_SECTIONS: [&str; 2] = ["connector_attributes", "connector_documentation"];

/// The top-level keys.
const ROOT: [&str; 6] = [
    "acceptance_tests",
    "base_path",
    "connector_image",
    "custom_environment_variables",
    "test_strictness_level",
    "tests",
];

/// The default of `config_path`.
pub(super) const CONFIG_PATH: &str = "secrets/config.json";

#[derive(Default)]
pub(super) struct File {
    pub(super) sections: Vec<Section>,
    pub(super) mistakes: Vec<String>,
    /// The base of relative paths, if not the folder of the file.
    pub(super) base_path: Option<String>,
    /// Variables for the connector's environment.
    pub(super) environment: Vec<(String, String)>,
}

pub(super) struct Section {
    pub(super) kind: &'static str,
    /// The entries under `tests` without a `bypass_reason`.
    pub(super) entries: Vec<Value>,
    /// Why other entries, or all, are skipped.
    pub(super) bypass_reasons: Vec<String>,
}

impl File {
    pub(super) fn read(folder: &Path) -> Self {
        let path = folder.join(NAME);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => return Self::mistaken(format!("{}: {error}", path.display())),
        };
        match yaml(&text) {
            Ok(value) => Self::of(&value),
            Err(error) => Self::mistaken(format!("{NAME}: it is not YAML: {error}")),
        }
    }

    fn mistaken(mistake: String) -> Self {
        Self { mistakes: vec![mistake], ..Self::default() }
    }

    fn of(value: &Value) -> Self {
        // The format before version 0.2.12 of Airbyte's tests.
        let tests = value["acceptance_tests"].as_object().or(value["tests"].as_object());
        let Some(tests) = tests else {
            return Self::mistaken(format!("{NAME}: `acceptance_tests` is missing"));
        };
        let variables = value["custom_environment_variables"].as_object().into_iter().flatten();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut file = Self {
            base_path: value["base_path"].as_str().map(str::to_owned),
            environment: variables.map(|(name, value)| (name.clone(), text(value))).collect(),
            ..Self::default()
        };
        for name in value.as_object().into_iter().flat_map(Map::keys) {
            if !ROOT.contains(&name.as_str()) {
                file.mistakes
                    .push(format!("{NAME}: unknown key `{name}`; expected one of: {}", ROOT.join(", ")));
            }
        }
        for name in tests.keys().map(String::as_str) {
            if !OTHER_SECTIONS.contains(&name) && !SECTIONS.iter().any(|(kind, _)| *kind == name) {
                let known: Vec<_> = SECTIONS.iter().map(|(kind, _)| *kind).collect();
                file.mistakes
                    .push(format!("{NAME}: unknown section `{name}`; expected one of: {}", known.join(", ")));
            }
        }
        for (kind, keys) in SECTIONS {
            let Some(section) = tests.get(kind) else { continue };
            let entries = section["tests"].as_array().or(section.as_array()).cloned().unwrap_or_default();
            let reasons = [section].into_iter().chain(&entries).filter_map(|it| it["bypass_reason"].as_str());
            let bypass_reasons: Vec<_> = reasons.map(str::to_owned).collect();
            if bypass_reasons.is_empty() && entries.is_empty() {
                file.mistakes.push(format!("{NAME}: `{kind}` has neither `tests` nor a `bypass_reason`"));
            }
            for (number, entry) in entries.iter().enumerate() {
                let place = format!("{NAME}: `{kind}`, test {}", number + 1);
                file.mistakes.extend(mistakes(keys, entry).map(|mistake| format!("{place}: {mistake}")));
            }
            let entries = entries.into_iter().filter(is_tested).collect();
            file.sections.push(Section { kind, entries, bypass_reasons });
        }
        file
    }

    /// Returns the entries of a section.
    pub(super) fn entries<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.sections.iter().filter(move |section| section.kind == kind).flat_map(|section| &section.entries)
    }
}

fn is_tested(entry: &Value) -> bool {
    entry.is_object() && entry.get("bypass_reason").is_none()
}

/// Returns the mistakes in an entry.
fn mistakes(keys: &[&str], entry: &Value) -> impl Iterator<Item = String> {
    let mut mistakes = Vec::new();
    if !entry.is_object() {
        mistakes.push("it is not a mapping".to_owned());
    }
    for key in entry.as_object().into_iter().flat_map(Map::keys) {
        let is_ignored = IGNORED.iter().any(|(ignored, _)| ignored == key);
        if !EVERYWHERE.contains(&&**key) && !keys.contains(&&**key) && !is_ignored {
            let known: Vec<&str> = EVERYWHERE.iter().chain(keys).copied().collect();
            mistakes.push(format!("unknown key `{key}`; expected one of: {}", known.join(", ")));
        }
    }
    for key in ["config_path", "configured_catalog_path", "spec_path"] {
        if entry.get(key).is_some_and(|path| !path.is_string() && !path.is_null()) {
            mistakes.push(format!("`{key}` must be a string"));
        }
    }
    if entry.get("timeout_seconds").is_some_and(|limit| !limit.is_u64() && !limit.is_null()) {
        mistakes.push("`timeout_seconds` must be an integer".to_owned());
    }
    if let Some(mode) = entry.get("deployment_mode").filter(|mode| !mode.is_null())
        && !["cloud", "oss"].iter().any(|known| mode == known)
    {
        mistakes.push("`deployment_mode` must be cloud or oss".to_owned());
    }
    if let Some(status) = entry.get("status")
        && !["succeed", "failed", "exception"].iter().any(|known| status == known)
    {
        mistakes.push("`status` must be succeed, failed or exception".to_owned());
    }
    mistakes.into_iter()
}

/// Returns the ignored keys of an entry, each with the reason.
pub(super) fn ignored_keys(kind: &str, entry: &Value) -> Vec<String> {
    let keys = SECTIONS.iter().find(|(other, _)| *other == kind).map_or(&[][..], |(_, keys)| keys);
    let ignored = IGNORED.iter().filter(|(key, _)| entry.get(key).is_some() && !keys.contains(key));
    ignored.map(|(key, why)| format!("{key} ({why})")).collect()
}

/// Returns the value of a boolean. Airbyte's files are YAML 1.1, in which `yes` and `no` are booleans as well.
pub(super) fn switch(entry: &Value, key: &str, default: bool) -> bool {
    match &entry[key] {
        Value::Bool(value) => *value,
        Value::String(text) => match text.to_lowercase().as_str() {
            "yes" | "on" | "true" => true,
            "no" | "off" | "false" => false,
            _ => default,
        },
        _ => default,
    }
}

/// Parses YAML into JSON.
pub(super) fn yaml(text: &str) -> Result<Value, String> {
    let documents = YamlLoader::load_from_str(text).map_err(|error| error.to_string())?;
    Ok(documents.first().map_or(Value::Null, json))
}

fn json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Boolean(value) => (*value).into(),
        Yaml::Integer(value) => (*value).into(),
        Yaml::Real(text) => text.parse().map_or_else(|_| text.as_str().into(), f64::into),
        Yaml::String(text) => text.as_str().into(),
        Yaml::Array(items) => items.iter().map(json).collect(),
        Yaml::Hash(fields) => {
            let name = |key: &Yaml| match json(key) {
                Value::String(text) => text,
                other => other.to_string(),
            };
            Value::Object(fields.iter().map(|(key, value)| (name(key), json(value))).collect())
        }
        Yaml::Alias(_) | Yaml::Null | Yaml::BadValue => Value::Null,
    }
}
