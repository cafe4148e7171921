//! The runs to make, with valid and invalid inputs.

mod reads;
mod states;

pub(super) use self::states::Which;

use super::Subject;
use super::checkpoints::state_after;
use super::leaks::Leaks;
use super::moved::Moved;
use super::run_names::*;
use super::runner::{Runner, Setting};
use super::runs::{CapturedRun, InvalidField, Key, Kind, Resumed, Runs, Stream};
use crate::secrets;
use serde_json::{Map, Value, json};
use std::ffi::OsString;

/// The maximum number of fields to make invalid, and of streams to read alone.
const A_FEW: usize = 5;

/// Why runs are skipped.
const NO_STREAM: &str = "discover returned no stream to read";
const NOT_GIVEN: &str = "no such configuration was given";

pub(super) fn run_all(subject: &Subject) -> Runs {
    let mut plan = Plan::new(subject);
    plan.specs();
    let spec = plan.result(SPEC, "SPEC")["connectionSpecification"].take();
    plan.checks();
    plan.configurations(&spec);
    plan.run_good("check", DEBUG, Kind::Check, &subject.config, vec!["--debug".into()]);
    let streams = plan.discover();
    plan.run_good("discover", DEBUG, Kind::Discover, &subject.config, vec!["--debug".into()]);
    plan.wrong_command_lines();
    let is_read = |stream: &&Stream| match &subject.streams {
        Some(names) => names.iter().any(|name| stream.value["name"] == **name),
        None => true,
    };
    let read: Vec<_> = streams.iter().filter(is_read).cloned().collect();
    if read.is_empty() {
        plan.skip_reads();
    } else {
        plan.reads(&read);
        plan.states(&read);
        plan.failing_reads(&read);
        plan.configured_otherwise(&spec, &read);
    }
    plan.into_runs(&spec)
}

/// Returns the secrets of the given configurations and of those in CONTROL messages.
fn confidential(subject: &Subject, captured_runs: &[CapturedRun], spec: &Value) -> Vec<String> {
    let given = [Some(&subject.config), subject.unreachable_config.as_ref(), subject.invalid_config.as_ref()];
    let from_control_messages =
        captured_runs.iter().flat_map(|captured| secrets::from_control_messages(&captured.stdout));
    let mut found = Vec::new();
    for config in given.into_iter().flatten().cloned().chain(from_control_messages) {
        secrets::marked(spec, &config, &mut found);
        secrets::named(&config, &mut found);
    }
    found
}

/// Secrets that must not appear in the output.
struct Secrets {
    anywhere: Vec<String>,
    /// Those that may be ordinary words: only messages without data must not contain them.
    in_prose: Vec<String>,
}

impl Secrets {
    fn of(subject: &Subject, captured_runs: &[CapturedRun], spec: &Value) -> Self {
        let (mut marked, mut wrong) = (Vec::new(), Vec::new());
        let from_control_messages =
            captured_runs.iter().flat_map(|captured| secrets::from_control_messages(&captured.stdout));
        let given =
            [Some(&subject.config), subject.unreachable_config.as_ref()].into_iter().flatten().cloned();
        given.chain(from_control_messages).for_each(|config| secrets::marked(spec, &config, &mut marked));
        // A wrong password may be the word `wrong`.
        subject.invalid_config.iter().for_each(|config| secrets::marked(spec, config, &mut wrong));
        wrong.retain(|secret| Leaks::is_distinctive(secret));
        marked.extend(wrong);
        let (mut anywhere, mut in_prose): (Vec<_>, Vec<_>) =
            marked.into_iter().partition(|secret| Leaks::is_distinctive(secret));
        // What `spec` prints, without a configuration, is not a leak.
        let is_in_spec_run = |word: &String| {
            let leaks = Leaks::of([word]);
            let mut specs = captured_runs.iter().filter(|captured| captured.kind == Kind::Spec);
            specs.any(|captured| leaks.is_in(&captured.stdout) || leaks.is_in(&captured.stderr))
        };
        in_prose.retain(|word| Leaks::is_findable(word) && !is_in_spec_run(word));
        anywhere.extend(subject.secrets.iter().cloned());
        Self { anywhere, in_prose }
    }
}

pub(super) struct Plan<'a> {
    runner: Runner<'a>,
    streams: Vec<Stream>,
    invalid_fields: Vec<InvalidField>,
    resumed: Vec<Resumed>,
    ahead: Vec<Moved>,
    back: Vec<Moved>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(subject: &'a Subject) -> Self {
        let runner = Runner::new(subject);
        let (streams, invalid_fields, resumed) = (Vec::new(), Vec::new(), Vec::new());
        Self { runner, streams, invalid_fields, resumed, ahead: Vec::new(), back: Vec::new() }
    }

    /// Returns the captured runs. The spec determines which values are secret.
    pub(super) fn into_runs(self, spec: &Value) -> Runs {
        let Self { runner, streams, invalid_fields, resumed, ahead, back } = self;
        let subject = runner.subject;
        let secrets = Secrets::of(subject, &runner.captured_runs, spec);
        let confidential = confidential(subject, &runner.captured_runs, spec);
        let mut runs = Runs {
            captured_runs: runner.captured_runs,
            streams,
            wanted: subject.streams.clone().unwrap_or_default(),
            secrets: secrets.anywhere,
            words: secrets.in_prose,
            confidential,
            not_secret: subject.not_secret.clone(),
            invalid_fields,
            resumed,
            ahead,
            back,
            skipped: runner.skipped,
            ..Runs::default()
        };
        runs.find_causes();
        runs.find_varying(&subject.varying);
        runs
    }

    /// Records why the run of this name is skipped.
    pub(super) fn skip(&mut self, name: &'static str, why: impl Into<String>) {
        self.runner.skipped.push((name, why.into()));
    }

    /// Returns the first run of this name.
    pub(super) fn captured(&self, name: &str) -> Option<&CapturedRun> {
        self.runner.captured_runs.iter().find(|captured| captured.name == name)
    }

    /// Returns the first payload of this type in the first run of this name.
    pub(super) fn result(&self, name: &str, message_type: &str) -> Value {
        self.captured(name)
            .and_then(|captured| captured.all(message_type).next())
            .cloned()
            .unwrap_or_default()
    }

    pub(super) fn config(&self) -> Value {
        self.runner.subject.config.clone()
    }

    /// Runs `check` with the configuration.
    pub(super) fn check(&mut self, name: &'static str, good: bool) {
        let config = self.config();
        self.run_command("check", name, Kind::Check, &config, Vec::new(), good);
    }

    /// Runs `discover` and returns the streams.
    pub(super) fn discover(&mut self) -> Vec<Stream> {
        let config = self.config();
        self.run_good("discover", DISCOVER, Kind::Discover, &config, Vec::new());
        let streams = self.result(DISCOVER, "CATALOG")["streams"].take();
        let streams = streams.as_array().into_iter().flatten().cloned();
        self.streams = streams.map(|value| Stream { key: Key::of(&value), value }).collect();
        self.streams.clone()
    }

    /// Runs `check` or `discover`, which should succeed.
    fn run_good(
        &mut self,
        command: &str,
        name: &'static str,
        kind: Kind,
        config: &Value,
        more: Vec<OsString>,
    ) {
        self.run_command(command, name, kind, config, more, true);
    }

    fn run_command(
        &mut self,
        command: &str,
        name: &'static str,
        kind: Kind,
        config: &Value,
        more: Vec<OsString>,
        good: bool,
    ) -> Option<usize> {
        let config = self.runner.file("config.json", config.to_string());
        let arguments = [vec![command.into(), "--config".into(), config], more].concat();
        self.runner.run(name, kind, &arguments, Setting { good, ..Setting::default() })
    }

    /// Reads this catalog, with this content of the state file.
    pub(super) fn read(
        &mut self,
        name: &'static str,
        catalog: &Value,
        state: Option<&str>,
        setting: Setting,
    ) -> Option<usize> {
        let config = self.config();
        self.read_with(name, &config, catalog, state, setting)
    }

    fn read_with(
        &mut self,
        name: &'static str,
        config: &Value,
        catalog: &Value,
        state: Option<&str>,
        setting: Setting,
    ) -> Option<usize> {
        let config = self.runner.file("config.json", config.to_string());
        let file = self.runner.file("catalog.json", catalog.to_string());
        let mut arguments = vec!["read".into(), "--config".into(), config, "--catalog".into(), file];
        if let Some(state) = state {
            arguments.extend(["--state".into(), self.runner.file("state.json", state)]);
        }
        arguments.extend_from_slice(&setting.more);
        let kind = if setting.closed_stdout { Kind::ClosedStdout } else { Kind::Read };
        self.runner.run(name, kind, &arguments, Setting { catalog: Some(catalog.clone()), ..setting })
    }

    pub(super) fn spec(&mut self) {
        self.runner.run(SPEC, Kind::Spec, &["spec".into()], Setting::good());
    }

    pub(super) fn specs(&mut self) {
        let spec = ["spec".into()];
        self.spec();
        let cloud = vec![("DEPLOYMENT_MODE", "cloud"), ("AIRBYTE_EDITION", "CLOUD")];
        let elsewhere = Some(self.runner.elsewhere());
        let setting = Setting { environment: cloud, working_directory: elsewhere, ..Setting::good() };
        self.runner.run(SPEC, Kind::Spec, &spec, setting);
        self.runner.run(DEBUG, Kind::Spec, &["spec".into(), "--debug".into()], Setting::good());
        for level in ["DEBUG", "debug", "Info", "nonsense"] {
            let setting = Setting { environment: vec![("LOG_LEVEL", level)], ..Setting::good() };
            self.runner.run(LOG_LEVEL, Kind::Spec, &spec, setting);
        }
    }

    fn checks(&mut self) {
        let config = self.config();
        self.check(CHECK, true);
        match self.runner.subject.invalid_config.clone() {
            Some(invalid) => {
                self.run_command("check", CHECK_INVALID, Kind::Check, &invalid, Vec::new(), false);
            }
            None => self.skip(CHECK_INVALID, NOT_GIVEN),
        }
        match self.runner.subject.unreachable_config.clone() {
            Some(unreachable) => {
                self.run_command("check", CHECK_UNREACHABLE, Kind::Check, &unreachable, Vec::new(), false);
            }
            None => self.skip(CHECK_UNREACHABLE, NOT_GIVEN),
        }
        let mut more = config;
        more["unknown_field_8642135"] = json!({"some": ["thing", 1]});
        self.run_good("check", UNKNOWN_FIELDS, Kind::Check, &more, Vec::new());
        let broken = self.runner.file("broken.json", "{\"not\": JSON");
        let arguments = ["check".into(), "--config".into(), broken];
        self.runner.run(CHECK_BROKEN_CONFIG, Kind::Check, &arguments, Setting::default());
        let arguments = ["discover".into(), "--config".into(), "not_there.json".into()];
        self.runner.run(MISSING_CONFIG, Kind::Discover, &arguments, Setting::default());
    }

    /// Removes or changes fields of the configuration, one at a time.
    fn configurations(&mut self, spec: &Value) {
        let properties = spec["properties"].as_object().cloned().unwrap_or_default();
        let required: Vec<_> =
            spec["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let config = self.config();
        let given = config.as_object().cloned().unwrap_or_default();
        for field in required.iter().filter(|field| given.contains_key(**field)).take(A_FEW) {
            let mut without = given.clone();
            without.shift_remove(*field);
            self.with_invalid_field(CHECK_MISSING_FIELD, field, without);
        }
        for field in given.keys().filter(|field| properties.contains_key(*field)).take(A_FEW) {
            let mut wrong = given.clone();
            let is_array = properties[field]["type"].to_string().contains("array");
            wrong[field] = if is_array { MARKER.into() } else { json!([MARKER]) };
            self.with_invalid_field(CHECK_INVALID_FIELD, field, wrong);
        }
    }

    fn with_invalid_field(&mut self, name: &'static str, field: &str, config: Map<String, Value>) {
        let config = Value::Object(config);
        let run = self.run_command("check", name, Kind::Check, &config, Vec::new(), false);
        self.invalid_fields.extend(run.map(|captured| InvalidField {
            captured,
            field: field.to_owned(),
            config,
        }));
    }

    fn wrong_command_lines(&mut self) {
        let config = self.config().to_string();
        let config = self.runner.file("config.json", config);
        for arguments in [
            vec!["frobnicate".into()],
            vec!["spec".into(), "--frobnicate".into()],
            vec!["check".into()],
            vec!["read".into(), "--config".into(), config],
        ] {
            self.runner.run(USAGE, Kind::Usage, &arguments, Setting::default());
        }
    }

    /// Returns the states that the platform would pass on after the run of this name.
    pub(super) fn last_state(&self, name: &str) -> Value {
        self.captured(name).map_or_else(|| json!([]), |captured| state_after(&[(captured, usize::MAX)]))
    }

    /// Sets the states that the read with a state far in the future was given.
    pub(super) fn set_ahead(&mut self, states: Vec<Moved>) {
        self.ahead = states;
    }
}
