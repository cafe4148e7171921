//! The runs of each entry, and their results.
use super::file::{CONFIG_PATH, ignored_keys, switch, yaml};
use super::records::Ignored;
use super::report::Line;
use super::{expectations, records};
use crate::checkpoints::checkpoints;
use crate::inputs::configured;
use crate::moved::given;
use crate::plan::Plan;
use crate::plan::Which;
use crate::run_names::*;
use crate::runner::Setting;
use crate::runs::shown;
use crate::{Subject, clauses, report};
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

/// The maximum number of states to resume from.
const STATES: usize = 20;

/// The files that entries refer to.
pub(super) struct Inputs<'a> {
    pub(super) folder: &'a Path,
    pub(super) configs: &'a HashMap<String, Value>,
    /// The `connectionSpecification`.
    pub(super) spec: Value,
}

impl Inputs<'_> {
    /// Returns the configuration of an entry.
    pub(super) fn config(&self, entry: &Value) -> Result<Value, String> {
        let path = entry["config_path"].as_str().unwrap_or(CONFIG_PATH);
        self.configs.get(path).map_or_else(|| self.file(path), |config| Ok(config.clone()))
    }

    /// Returns the configured catalog of an entry, if it names one.
    pub(super) fn catalog(&self, entry: &Value) -> Result<Option<Value>, String> {
        let Some(path) = entry["configured_catalog_path"].as_str() else { return Ok(None) };
        let catalog = self.file(path)?;
        if catalog["streams"].as_array().is_none_or(Vec::is_empty) {
            return Err(format!("{path} has no `streams`"));
        }
        Ok(Some(catalog))
    }

    fn text(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(self.folder.join(path)).map_err(|error| format!("{path}: {error}"))
    }

    fn file(&self, path: &str) -> Result<Value, String> {
        let text = self.text(path)?;
        if path.ends_with(".yaml") || path.ends_with(".yml") {
            return yaml(&text).map_err(|error| format!("{path} is not YAML: {error}"));
        }
        serde_json::from_str(&text).map_err(|error| format!("{path} is not JSON: {error}"))
    }

    /// Returns the subject with the options of an entry.
    fn subject(&self, subject: &Subject, entry: &Value, config: Value) -> Subject {
        let mut subject = subject.clone().config(config);
        if let Some(limit) = entry["timeout_seconds"].as_u64().filter(|limit| *limit > 0) {
            subject = subject.time_limit(Duration::from_secs(limit));
        }
        if let Some(mode) = entry["deployment_mode"].as_str() {
            subject = subject.environment("DEPLOYMENT_MODE", mode);
        }
        subject.varying = Ignored::of(entry).fields().collect();
        subject
    }

    /// Makes the runs of an entry and checks them.
    pub(super) fn check(&self, subject: &Subject, section: &str, entry: &Value) -> Line {
        let config_path = entry["config_path"].as_str().unwrap_or(CONFIG_PATH);
        let status = (section == "connection").then(|| entry["status"].as_str().unwrap_or("succeed"));
        let what = status.map_or_else(|| config_path.to_owned(), |status| format!("{config_path}: {status}"));
        let mut line = Line::new(section, what);
        let config = match self.config(entry) {
            // The default configuration is only compared with the spec, and is optional.
            Err(error) if section == "spec" && entry.get("config_path").is_none() => {
                line.facts.push(format!("not compared with a configuration: {error}"));
                Ok(Value::Null)
            }
            config => config,
        };
        let outcome = config.and_then(|config| {
            let subject = self.subject(subject, entry, config);
            let mut plan = Plan::new(&subject);
            let expected = match section {
                "spec" => self.spec_entry(&mut plan, entry, &mut line)?,
                "connection" => connection_entry(&mut plan, status.unwrap_or_default(), &mut line),
                "discovery" => discovery_entry(&mut plan, &mut line),
                _ => self.read_entry(&mut plan, section, entry, &mut line)?,
            };
            Ok((expected, plan.into_runs(&self.spec)))
        });
        match outcome {
            Ok((expected, runs)) => {
                let secrets = runs.all_secrets();
                for (rule, what) in expected {
                    line.find(rule, shown(&what, &secrets));
                }
                line.facts.iter_mut().for_each(|fact| *fact = secrets.blank(fact).into_owned());
                let skipped_clauses = skipped_clauses(entry);
                let mut outcomes = report(clauses::all(), &runs).outcomes().to_vec();
                outcomes.retain(|outcome| {
                    !skipped_clauses.iter().any(|(_, clauses)| clauses.contains(&outcome.clause))
                });
                line.take(&outcomes);
                line.facts.extend(skipped_clauses.iter().map(|(key, _)| format!("skipped as {key} says")));
            }
            Err(error) => line.find("every file exists", error),
        }
        let ignored_keys = ignored_keys(section, entry);
        if !ignored_keys.is_empty() {
            line.facts.push(format!("ignored: {}", ignored_keys.join(", ")));
        }
        line
    }

    fn spec_entry(&self, plan: &mut Plan<'_>, entry: &Value, line: &mut Line) -> Result<Unmet, String> {
        plan.specs();
        let spec = plan.result(SPEC, "SPEC");
        let config = plan.config();
        let mut unmet = match config {
            Value::Null => Unmet::new(),
            config => expectations::config_fits(&spec["connectionSpecification"], &config),
        };
        if let Some(path) = entry["spec_path"].as_str() {
            let differs = expectations::is_the_spec(path, &self.file(path)?, &spec);
            if differs.is_empty() {
                line.facts.push(format!("the same as {path}"));
            }
            unmet.extend(differs);
        }
        Ok(unmet)
    }

    fn read_entry(
        &self,
        plan: &mut Plan<'_>,
        section: &str,
        entry: &Value,
        line: &mut Line,
    ) -> Result<Unmet, String> {
        let catalog = self.catalog(entry)?;
        let mode = if section == "incremental" { "incremental" } else { "full_refresh" };
        let future = &entry["future_state"]["future_state_path"];
        let future = future.as_str().or(entry["future_state_path"].as_str()).map(|path| self.file(path));
        let future = future.transpose()?;
        let streams = plan.discover();
        let catalog = catalog.unwrap_or_else(|| configured(&streams, mode));
        let name = match section {
            "basic_read" => BASIC_READ,
            "full_refresh" => FULL_REFRESH,
            _ => INCREMENTAL,
        };
        plan.read(name, &catalog, None, Setting::good());
        let mut unmet = Unmet::new();
        if let Some(captured) = plan.captured(name) {
            line.facts.push(counted(captured.all("RECORD").count(), "record"));
            unmet = expectations::records_came(captured, &entry["empty_streams"]);
            if let Some(path) = entry["expect_records"]["path"].as_str() {
                unmet.extend(records::are_expected(captured, &self.text(path)?, entry)?);
                line.facts.push(format!("compared with {path}"));
            }
            if switch(entry, "validate_data_points", false) {
                unmet.extend(records::have_all_fields(captured, &streams));
            }
        }
        match section {
            "full_refresh" => {
                plan.read(FULL_REFRESH_AGAIN, &catalog, None, Setting::good());
                line.facts.push("twice".to_owned());
            }
            "incremental" => {
                let resumes = !switch(entry, "skip_comprehensive_incremental_tests", false);
                incremental_entry(plan, &catalog, resumes, future.as_ref(), line);
            }
            _ => {}
        }
        Ok(unmet)
    }
}

/// Returns the clauses that an entry skips, with the key of the option.
fn skipped_clauses(entry: &Value) -> Vec<(&'static str, &'static [&'static str])> {
    let switches: [(&str, &[&str]); 6] = [
        ("validate_schema", &["values_match_their_types", "record_fields_are_in_the_schema"]),
        ("fail_on_extra_columns", &["record_fields_are_in_the_schema"]),
        ("validate_stream_statuses", &["statuses_in_order", "every_stream_has_an_end"]),
        (
            "validate_state_messages",
            &[
                "states_are_of_one_kind",
                "every_stream_has_a_state",
                "last_state_is_last",
                "record_counts_match",
            ],
        ),
        ("validate_primary_keys_data_type", &["catalog_paths"]),
        ("expect_trace_message_on_failure", &["failures_are_reported"]),
    ];
    switches.into_iter().filter(|(key, _)| !switch(entry, key, true)).collect()
}

/// Violated rules of an entry other than clauses, with the reasons.
pub(super) type Unmet = Vec<(&'static str, String)>;

fn connection_entry(plan: &mut Plan<'_>, status: &str, line: &mut Line) -> Unmet {
    let (name, good) = match status {
        "failed" => (CHECK_INVALID, false),
        "exception" => (CHECK_EXCEPTION, false),
        _ => (CHECK, true),
    };
    plan.check(name, good);
    let Some(captured) = plan.captured(name) else { return Unmet::new() };
    let said =
        captured.all("CONNECTION_STATUS").chain(captured.errors()).find_map(|it| it["message"].as_str());
    line.facts.extend(said.map(|said| format!("{said:?}")));
    if status == "exception" { expectations::check_gave_up(captured) } else { Unmet::new() }
}

fn discovery_entry(plan: &mut Plan<'_>, line: &mut Line) -> Unmet {
    let streams = plan.discover();
    let names: Vec<_> = streams.iter().map(|stream| stream.key.to_string()).collect();
    line.facts.push(format!("{}: {}", counted(names.len(), "stream"), names.join(", ")));
    Unmet::new()
}

/// Resumes from the last state, from those before it, and from one in the future.
fn incremental_entry(
    plan: &mut Plan<'_>,
    catalog: &Value,
    resumes: bool,
    future: Option<&Value>,
    line: &mut Line,
) {
    let last = plan.last_state(INCREMENTAL).to_string();
    plan.read(FINAL_STATE, catalog, Some(&last), Setting::good());
    let states = plan.captured(INCREMENTAL).map_or(0, |captured| checkpoints(captured).len());
    if resumes {
        let resumed = plan.resume(INCREMENTAL, RESUMED, catalog, Which::UpTo(STATES));
        let each = if resumed == states { "each".to_owned() } else { resumed.to_string() };
        line.facts.push(format!("{}, resumed from {each}", counted(states, "state")));
    } else {
        line.facts.push(format!("{}, resumed from the last", counted(states, "state")));
    }
    if let Some(future) = future {
        plan.read(FUTURE_STATE, catalog, Some(&future.to_string()), Setting::good());
        plan.set_ahead(given(future));
        line.facts.push("and from one in the future".to_owned());
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
