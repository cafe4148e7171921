//! Which runs are made: every way a platform, a user or an accident may start the program.

mod reads;
mod states;

pub(super) use self::states::Which;

use super::Subject;
use super::checkpoints::state_after;
use super::leaks::Leaks;
use super::moved::Moved;
use super::names::*;
use super::runner::{Runner, Setting};
use super::runs::{Key, Kind, Resumed, Runs, Shot, Spoilt, Stream};
use crate::secrets;
use serde_json::{Map, Value, json};
use std::ffi::OsString;

/// How many fields are spoilt, and how many streams are read alone, at most.
const A_FEW: usize = 5;

/// What a clause says that has nothing to look at.
const NO_STREAM: &str = "discover gave no stream to read";
const NOT_GIVEN: &str = "no such configuration is given";

pub(super) fn run_all(subject: &Subject) -> Runs {
    let mut plan = Plan::new(subject);
    plan.specs();
    let spec = plan.result(SPEC, "SPEC")["connectionSpecification"].take();
    plan.checks();
    plan.configurations(&spec);
    plan.go("check", DEBUG, Kind::Check, &subject.config, vec!["--debug".into()]);
    let streams = plan.discover();
    plan.go("discover", DEBUG, Kind::Discover, &subject.config, vec!["--debug".into()]);
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
        plan.troubles(&read);
        plan.configured_otherwise(&spec, &read);
    }
    plan.into_runs(&spec)
}

/// What is secret in the configurations that were given, and in those that the connector has sent back.
fn confidential(subject: &Subject, shots: &[Shot], spec: &Value) -> Vec<String> {
    let given = [Some(&subject.config), subject.unreachable_config.as_ref(), subject.invalid_config.as_ref()];
    let sent_back = shots.iter().flat_map(|shot| secrets::sent_back(&shot.stdout));
    let mut found = Vec::new();
    for config in given.into_iter().flatten().cloned().chain(sent_back) {
        secrets::marked(spec, &config, &mut found);
        secrets::named(&config, &mut found);
    }
    found
}

/// Secrets that are looked for in what the connector writes.
struct Judged {
    anywhere: Vec<String>,
    /// Those that may be words of a language: records may have them, so they are looked for only in what is said.
    in_prose: Vec<String>,
}

impl Judged {
    fn of(subject: &Subject, shots: &[Shot], spec: &Value) -> Self {
        let (mut marked, mut wrong) = (Vec::new(), Vec::new());
        let sent_back = shots.iter().flat_map(|shot| secrets::sent_back(&shot.stdout));
        let given =
            [Some(&subject.config), subject.unreachable_config.as_ref()].into_iter().flatten().cloned();
        given.chain(sent_back).for_each(|config| secrets::marked(spec, &config, &mut marked));
        // A wrong key may be the word `wrong`.
        subject.invalid_config.iter().for_each(|config| secrets::marked(spec, config, &mut wrong));
        wrong.retain(|secret| Leaks::is_distinctive(secret));
        marked.extend(wrong);
        let (mut anywhere, mut in_prose): (Vec<_>, Vec<_>) =
            marked.into_iter().partition(|secret| Leaks::is_distinctive(secret));
        // What a connector says that has not seen the configuration is no leak.
        let is_said_anyway = |word: &String| {
            let leaks = Leaks::of([word]);
            let mut specs = shots.iter().filter(|shot| shot.kind == Kind::Spec);
            specs.any(|shot| leaks.is_in(&shot.stdout) || leaks.is_in(&shot.stderr))
        };
        in_prose.retain(|word| Leaks::is_findable(word) && !is_said_anyway(word));
        anywhere.extend(subject.secrets.iter().cloned());
        Self { anywhere, in_prose }
    }
}

pub(super) struct Plan<'a> {
    runner: Runner<'a>,
    streams: Vec<Stream>,
    spoilt: Vec<Spoilt>,
    resumed: Vec<Resumed>,
    ahead: Vec<Moved>,
    back: Vec<Moved>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(subject: &'a Subject) -> Self {
        let runner = Runner::new(subject);
        let (streams, spoilt, resumed) = (Vec::new(), Vec::new(), Vec::new());
        Self { runner, streams, spoilt, resumed, ahead: Vec::new(), back: Vec::new() }
    }

    /// What was captured, to be judged. The spec says what of the configuration is secret.
    pub(super) fn into_runs(self, spec: &Value) -> Runs {
        let Self { runner, streams, spoilt, resumed, ahead, back } = self;
        let subject = runner.subject;
        let secrets = Judged::of(subject, &runner.shots, spec);
        let confidential = confidential(subject, &runner.shots, spec);
        let mut runs = Runs {
            shots: runner.shots,
            streams,
            wanted: subject.streams.clone().unwrap_or_default(),
            secrets: secrets.anywhere,
            words: secrets.in_prose,
            confidential,
            not_secret: subject.not_secret.clone(),
            spoilt,
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

    /// Says why there is no run of this name.
    pub(super) fn skip(&mut self, name: &'static str, why: impl Into<String>) {
        self.runner.skipped.push((name, why.into()));
    }

    /// The first run of this name.
    pub(super) fn shot(&self, name: &str) -> Option<&Shot> {
        self.runner.shots.iter().find(|shot| shot.name == name)
    }

    /// The first result of the first run of this name.
    pub(super) fn result(&self, name: &str, message_type: &str) -> Value {
        self.shot(name).and_then(|shot| shot.all(message_type).next()).cloned().unwrap_or_default()
    }

    pub(super) fn config(&self) -> Value {
        self.runner.subject.config.clone()
    }

    /// A `check` with the configuration.
    pub(super) fn check(&mut self, name: &'static str, good: bool) {
        let config = self.config();
        self.go_or_not("check", name, Kind::Check, &config, Vec::new(), good);
    }

    /// The streams that are there.
    pub(super) fn discover(&mut self) -> Vec<Stream> {
        let config = self.config();
        self.go("discover", DISCOVER, Kind::Discover, &config, Vec::new());
        let streams = self.result(DISCOVER, "CATALOG")["streams"].take();
        let streams = streams.as_array().into_iter().flatten().cloned();
        self.streams = streams.map(|value| Stream { key: Key::of(&value), value }).collect();
        self.streams.clone()
    }

    /// A run of `check` or `discover` that should go well.
    fn go(&mut self, command: &str, name: &'static str, kind: Kind, config: &Value, more: Vec<OsString>) {
        self.go_or_not(command, name, kind, config, more, true);
    }

    fn go_or_not(
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

    /// A read of this catalog, with this text as state.
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
        let kind = if setting.closed_stdout { Kind::Unheard } else { Kind::Read };
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
                self.go_or_not("check", CHECK_INVALID, Kind::Check, &invalid, Vec::new(), false);
            }
            None => self.skip(CHECK_INVALID, NOT_GIVEN),
        }
        match self.runner.subject.unreachable_config.clone() {
            Some(unreachable) => {
                self.go_or_not("check", CHECK_UNREACHABLE, Kind::Check, &unreachable, Vec::new(), false);
            }
            None => self.skip(CHECK_UNREACHABLE, NOT_GIVEN),
        }
        let mut more = config;
        more["unknown_field_8642135"] = json!({"some": ["thing", 1]});
        self.go("check", UNKNOWN_FIELDS, Kind::Check, &more, Vec::new());
        let broken = self.runner.file("broken.json", "{\"not\": JSON");
        let arguments = ["check".into(), "--config".into(), broken];
        self.runner.run(CHECK_BROKEN_CONFIG, Kind::Check, &arguments, Setting::default());
        let arguments = ["discover".into(), "--config".into(), "not_there.json".into()];
        self.runner.run(MISSING_CONFIG, Kind::Discover, &arguments, Setting::default());
    }

    /// Spoils fields of the configuration, one at a time.
    fn configurations(&mut self, spec: &Value) {
        let properties = spec["properties"].as_object().cloned().unwrap_or_default();
        let required: Vec<_> =
            spec["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let config = self.config();
        let given = config.as_object().cloned().unwrap_or_default();
        for field in required.iter().filter(|field| given.contains_key(**field)).take(A_FEW) {
            let mut without = given.clone();
            without.shift_remove(*field);
            self.spoil(CHECK_MISSING, field, without);
        }
        for field in given.keys().filter(|field| properties.contains_key(*field)).take(A_FEW) {
            let mut wrong = given.clone();
            let is_array = properties[field]["type"].to_string().contains("array");
            wrong[field] = if is_array { MARKER.into() } else { json!([MARKER]) };
            self.spoil(CHECK_SPOILT, field, wrong);
        }
    }

    fn spoil(&mut self, name: &'static str, field: &str, config: Map<String, Value>) {
        let config = Value::Object(config);
        let run = self.go_or_not("check", name, Kind::Check, &config, Vec::new(), false);
        self.spoilt.extend(run.map(|shot| Spoilt { shot, field: field.to_owned(), config }));
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

    /// What a platform would hand back after the run of this name.
    pub(super) fn last_state(&self, name: &str) -> Value {
        self.shot(name).map_or_else(|| json!([]), |shot| state_after(&[(shot, usize::MAX)]))
    }

    /// These states, which the read far ahead was given, are far ahead.
    pub(super) fn stands_ahead(&mut self, states: Vec<Moved>) {
        self.ahead = states;
    }
}
