//! The file `acceptance-test-config.yml`: what it lists, and what is wrong with it.
use serde_json::{Map, Value};
use std::path::Path;
use yaml_rust2::{Yaml, YamlLoader};

const NAME: &str = "acceptance-test-config.yml";

/// The sections that are tested, with the keys of their entries that are heeded.
const SECTIONS: [(&str, &[&str]); 6] = [
    ("spec", &["config_path", "spec_path"]),
    ("connection", &["config_path", "status"]),
    ("discovery", &["config_path"]),
    ("basic_read", &["config_path", "configured_catalog_path", "empty_streams"]),
    ("full_refresh", &["config_path", "configured_catalog_path", "empty_streams"]),
    (
        "incremental",
        &["config_path", "configured_catalog_path", "empty_streams", "future_state", "future_state_path"],
    ),
];

/// Sections of Airbyte's that need no run of the connector, and are nobody's business here.
const OTHER_SECTIONS: [&str; 2] = ["connector_attributes", "connector_documentation"];

/// Keys of Airbyte's tests that are known and not heeded. Any other key is a mistake.
const OTHER_KEYS: [&str; 16] = [
    "auth_default_method",
    "backward_compatibility_tests_config",
    "client_container_config",
    "deployment_mode",
    "expect_records",
    "expect_trace_message_on_failure",
    "fail_on_extra_columns",
    "file_types",
    "ignored_fields",
    "skip_comprehensive_incremental_tests",
    "timeout_seconds",
    "validate_data_points",
    "validate_primary_keys_data_type",
    "validate_schema",
    "validate_state_messages",
    "validate_stream_statuses",
];

#[derive(Default)]
pub(super) struct File {
    pub(super) sections: Vec<Section>,
    pub(super) mistakes: Vec<String>,
}

pub(super) struct Section {
    pub(super) kind: &'static str,
    /// The entries under `tests` that have a `config_path`.
    pub(super) entries: Vec<Value>,
    /// Why other entries, or all, are left out.
    pub(super) bypass_reasons: Vec<String>,
}

impl File {
    pub(super) fn read(folder: &Path) -> Self {
        let path = folder.join(NAME);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => return Self::mistaken(format!("{}: {error}", path.display())),
        };
        match YamlLoader::load_from_str(&text) {
            Ok(documents) => Self::of(&documents.first().map_or(Value::Null, json)),
            Err(error) => Self::mistaken(format!("{NAME}: it is not YAML: {error}")),
        }
    }

    fn mistaken(mistake: String) -> Self {
        Self { mistakes: vec![mistake], ..Self::default() }
    }

    fn of(value: &Value) -> Self {
        let Some(tests) = value["acceptance_tests"].as_object() else {
            return Self::mistaken(format!("{NAME}: it lacks `acceptance_tests`"));
        };
        let mut file = Self::default();
        for name in tests.keys().map(String::as_str) {
            if !OTHER_SECTIONS.contains(&name) && !SECTIONS.iter().any(|(kind, _)| *kind == name) {
                let known: Vec<_> = SECTIONS.iter().map(|(kind, _)| *kind).collect();
                file.mistakes
                    .push(format!("{NAME}: no section is called `{name}`, but {}", known.join(", ")));
            }
        }
        for (kind, keys) in SECTIONS {
            let Some(section) = tests.get(kind) else { continue };
            let entries = section["tests"].as_array().cloned().unwrap_or_default();
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

    /// The entries of a section.
    pub(super) fn entries<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.sections.iter().filter(move |section| section.kind == kind).flat_map(|section| &section.entries)
    }
}

fn is_tested(entry: &Value) -> bool {
    entry["config_path"].is_string() && entry.get("bypass_reason").is_none()
}

/// What is wrong with an entry.
fn mistakes(keys: &[&str], entry: &Value) -> impl Iterator<Item = String> {
    let mut mistakes = Vec::new();
    for key in entry.as_object().into_iter().flat_map(Map::keys) {
        if key != "bypass_reason" && !keys.contains(&&**key) && !OTHER_KEYS.contains(&&**key) {
            mistakes.push(format!("there is no key `{key}`; heeded here: {}", keys.join(", ")));
        }
    }
    for key in ["config_path", "configured_catalog_path", "spec_path"] {
        if entry.get(key).is_some_and(|path| !path.is_string()) {
            mistakes.push(format!("`{key}` must be a text"));
        }
    }
    if entry.get("config_path").is_none() && entry.get("bypass_reason").is_none() {
        mistakes.push("it lacks `config_path`".to_owned());
    }
    if let Some(status) = entry.get("status")
        && !["succeed", "failed", "exception"].iter().any(|known| status == known)
    {
        mistakes.push("`status` must be succeed, failed or exception".to_owned());
    }
    mistakes.into_iter()
}

/// The keys of an entry that nobody heeds here.
pub(super) fn unheeded(kind: &str, entry: &Value) -> Vec<String> {
    let keys = SECTIONS.iter().find(|(other, _)| *other == kind).map_or(&[][..], |(_, keys)| keys);
    let all = entry.as_object().into_iter().flat_map(Map::keys);
    all.filter(|key| !keys.contains(&&***key) && OTHER_KEYS.contains(&&***key)).cloned().collect()
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
