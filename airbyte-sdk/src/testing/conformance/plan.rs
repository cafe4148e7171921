//! Which runs are made: every way a platform, a user or an accident may start the program.

use super::Subject;
use super::inputs::{configured, find_secrets, selected, sprinkle, sprinkle_catalog};
use super::runner::{Runner, Setting};
use super::runs::{Key, Kind, Runs, Spoilt, Stream, checkpoints, state_after};
use serde_json::{Map, Value, json};
use std::ffi::OsString;

pub(super) const SPEC: &str = "spec";
pub(super) const CHECK: &str = "check";
pub(super) const CHECK_INVALID: &str = "check with the invalid configuration";
pub(super) const DISCOVER: &str = "discover";
pub(super) const FULL_REFRESH: &str = "read, full refresh";
pub(super) const FULL_REFRESH_AGAIN: &str = "read, full refresh, once more";
pub(super) const FULL_REFRESH_STATE: &str = "read, full refresh, with the state of one that is finished";
pub(super) const INCREMENTAL: &str = "read, incremental";
pub(super) const FINAL_STATE: &str = "read, incremental, with the last state";
pub(super) const GLOBAL_STATE: &str = "read, incremental, with a GLOBAL state";
pub(super) const SUBSET: &str = "read, incremental, the first stream only";
pub(super) const SELECTED: &str = "read, incremental, keys and cursors selected only";
pub(super) const ELSEWHERE: &str = "read in another working directory";
pub(super) const RELATIVE: &str = "read with relative paths";
pub(super) const UNKNOWN_STREAM: &str = "read with a stream that does not exist";
pub(super) const BAD_SYNC_MODE: &str = "read with the sync mode INVALID";
pub(super) const BROKEN_CATALOG: &str = "read with a catalog that is not JSON";
pub(super) const BROKEN_STATE: &str = "read with a state that is not JSON";
pub(super) const BROKEN_CONFIG: &str = "read with a configuration that is not JSON";
pub(super) const CHECK_BROKEN_CONFIG: &str = "check with a configuration that is not JSON";
pub(super) const MISSING_CONFIG: &str = "discover with a configuration file that is not there";
pub(super) const READ_SPOILT: &str = "read with a wrong value in the configuration";
pub(super) const CHECK_SPOILT: &str = "check with a wrong value in the configuration";
pub(super) const CHECK_MISSING: &str = "check without a required field of the configuration";
pub(super) const DEFAULTS_OMITTED: &str = "read without fields that have their default";
pub(super) const DEFAULTS_WRITTEN: &str = "read with all defaults written out";
pub(super) const UNKNOWN_FIELDS: &str = "check with fields in the configuration that nobody knows";
pub(super) const EXTRA_FIELDS: &str = "read with unknown fields in catalog and state";
pub(super) const DEBUG: &str = "with --debug";
pub(super) const LOG_LEVEL: &str = "with LOG_LEVEL set";
pub(super) const USAGE: &str = "a wrong command line";
pub(super) const UNHEARD: &str = "read into a stdout that is closed";
pub(super) const STATE_FORM: &str = "read with an unusual form of state";
pub(super) const RESUMED: &str = "read, resumed";
/// What is put in place of a value, and must not be quoted.
pub(super) const MARKER: &str = "wrong-value-8642135";
pub(super) const NO_SUCH_STREAM: &str = "no_such_stream_8642135";

/// How many fields are spoilt, and how many states resumed from, at most.
const A_FEW: usize = 5;

pub(super) fn run_all(subject: &Subject) -> Runs {
    let mut plan = Plan { runner: Runner::new(subject), spoilt: Vec::new(), resumed: Vec::new() };
    plan.specs();
    let spec = plan.result(SPEC, "SPEC")["connectionSpecification"].take();
    plan.checks();
    plan.configurations(&spec);
    plan.go("check", DEBUG, Kind::Check, &subject.config, vec!["--debug".into()]);
    plan.go("discover", DISCOVER, Kind::Discover, &subject.config, Vec::new());
    plan.go("discover", DEBUG, Kind::Discover, &subject.config, vec!["--debug".into()]);
    let catalog = plan.result(DISCOVER, "CATALOG");
    let streams = catalog["streams"].as_array().cloned().unwrap_or_default();
    let streams: Vec<_> = streams.into_iter().map(|value| Stream { key: Key::of(&value), value }).collect();
    plan.wrong_command_lines();
    if !streams.is_empty() {
        plan.reads(&streams);
        plan.states(&streams);
        plan.troubles(&streams);
        plan.configured_otherwise(&spec, &streams);
    }
    let mut secrets = subject.secrets.clone();
    find_secrets(&spec, &subject.config, &mut secrets);
    let Plan { runner, spoilt, resumed } = plan;
    Runs { shots: runner.shots, streams, secrets, spoilt, resumed }
}

struct Plan<'a> {
    runner: Runner<'a>,
    spoilt: Vec<Spoilt>,
    resumed: Vec<(usize, usize)>,
}

impl Plan<'_> {
    /// The first result of the first run of this name.
    fn result(&self, name: &str, message_type: &str) -> Value {
        let shot = self.runner.shots.iter().find(|shot| shot.name == name);
        shot.and_then(|shot| shot.all(message_type).next()).cloned().unwrap_or_default()
    }

    fn config(&self) -> Value {
        self.runner.subject.config.clone()
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
    ) {
        let config = self.runner.file("config.json", config.to_string());
        let arguments = [vec![command.into(), "--config".into(), config], more].concat();
        self.runner.run(name, kind, &arguments, Setting { good, ..Setting::default() });
    }

    /// A read of this catalog, with this text as state.
    fn read(&mut self, name: &'static str, catalog: &Value, state: Option<&str>, setting: Setting) {
        let config = self.config();
        self.read_with(name, &config, catalog, state, setting);
    }

    fn read_with(
        &mut self,
        name: &'static str,
        config: &Value,
        catalog: &Value,
        state: Option<&str>,
        setting: Setting,
    ) {
        let config = self.runner.file("config.json", config.to_string());
        let file = self.runner.file("catalog.json", catalog.to_string());
        let mut arguments = vec!["read".into(), "--config".into(), config, "--catalog".into(), file];
        if let Some(state) = state {
            arguments.extend(["--state".into(), self.runner.file("state.json", state)]);
        }
        arguments.extend_from_slice(&setting.more);
        let kind = if setting.closed_stdout { Kind::Unheard } else { Kind::Read };
        self.runner.run(name, kind, &arguments, Setting { catalog: Some(catalog.clone()), ..setting });
    }

    fn specs(&mut self) {
        let spec = ["spec".into()];
        let good = || Setting { good: true, ..Setting::default() };
        self.runner.run(SPEC, Kind::Spec, &spec, good());
        let cloud = vec![("DEPLOYMENT_MODE", "cloud"), ("AIRBYTE_EDITION", "CLOUD")];
        let elsewhere = Some(self.runner.elsewhere());
        let setting = Setting { environment: cloud, working_directory: elsewhere, ..good() };
        self.runner.run(SPEC, Kind::Spec, &spec, setting);
        self.runner.run(DEBUG, Kind::Spec, &["spec".into(), "--debug".into()], good());
        for level in ["DEBUG", "debug", "Info", "nonsense"] {
            let setting = Setting { environment: vec![("LOG_LEVEL", level)], ..good() };
            self.runner.run(LOG_LEVEL, Kind::Spec, &spec, setting);
        }
    }

    fn checks(&mut self) {
        let config = self.config();
        self.go("check", CHECK, Kind::Check, &config, Vec::new());
        if let Some(invalid) = self.runner.subject.invalid_config.clone() {
            self.go_or_not("check", CHECK_INVALID, Kind::Check, &invalid, Vec::new(), false);
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
        self.spoilt.push(Spoilt {
            shot: self.runner.shots.len(),
            field: field.to_owned(),
            config: config.clone().into(),
        });
        self.go_or_not("check", name, Kind::Check, &config.into(), Vec::new(), false);
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

    fn reads(&mut self, streams: &[Stream]) {
        let good = || Setting { good: true, ..Setting::default() };
        let full: Vec<_> = streams.iter().filter(|stream| stream.supports("full_refresh")).cloned().collect();
        if !full.is_empty() {
            let full = configured(&full, "full_refresh");
            self.read(FULL_REFRESH, &full, None, good());
            self.read(FULL_REFRESH_AGAIN, &full, None, good());
            let state = self.last_state(FULL_REFRESH).to_string();
            self.read(FULL_REFRESH_STATE, &full, Some(&state), good());
        }
        let catalog = configured(streams, "incremental");
        self.read(INCREMENTAL, &catalog, None, good());
        self.read(SUBSET, &configured(&streams[..1], "incremental"), None, good());
        if let Some(selected) = selected(streams, &catalog) {
            self.read(SELECTED, &selected, None, good());
        }
        let elsewhere = Some(self.runner.elsewhere());
        self.read(ELSEWHERE, &catalog, None, Setting { working_directory: elsewhere, ..good() });
        let arguments = ["read", "--config", "config.json", "--catalog", "catalog.json"].map(OsString::from);
        self.runner.run(
            RELATIVE,
            Kind::Read,
            &arguments,
            Setting { catalog: Some(catalog.clone()), ..good() },
        );
        let debug = Setting { more: vec!["--debug".into()], ..good() };
        self.read(DEBUG, &catalog, None, debug);
        let environment = vec![("LOG_LEVEL", "debug")];
        self.read(LOG_LEVEL, &catalog, None, Setting { environment, ..good() });
        self.read(UNHEARD, &catalog, None, Setting { closed_stdout: true, ..Setting::default() });
    }

    fn last_state(&self, name: &str) -> Value {
        let shot = self.runner.shots.iter().find(|shot| shot.name == name);
        shot.map_or_else(|| json!([]), |shot| state_after(shot, usize::MAX))
    }

    /// Reads with states of all sorts.
    fn states(&mut self, streams: &[Stream]) {
        let good = || Setting { good: true, ..Setting::default() };
        let catalog = configured(streams, "incremental");
        let last = self.last_state(INCREMENTAL);
        self.read(FINAL_STATE, &catalog, Some(&last.to_string()), good());
        let per_stream: Vec<_> =
            last.as_array().into_iter().flatten().map(|state| state["stream"].clone()).collect();
        if per_stream.iter().all(Value::is_object) {
            let global = json!([{"type": "GLOBAL", "global": {"stream_states": per_stream}}]);
            self.read(GLOBAL_STATE, &catalog, Some(&global.to_string()), good());
        }
        let each = |change: &dyn Fn(&mut Value)| {
            let states = streams.iter().map(|stream| {
                let mut descriptor = json!({"name": stream.value["name"]});
                if let Some(namespace) = stream.value["namespace"].as_str() {
                    descriptor["namespace"] = namespace.into();
                }
                let mut state = json!({"stream_descriptor": descriptor});
                change(&mut state);
                json!({"type": "STREAM", "stream": state})
            });
            Value::Array(states.collect()).to_string()
        };
        let unknown = json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": NO_SUCH_STREAM}, "stream_state": {"at": 1}}}]);
        for state in [
            "[]".to_owned(),
            "{}".to_owned(),
            String::new(),
            unknown.to_string(),
            each(&|_| {}),
            each(&|state| state["stream_state"] = Value::Null),
            each(&|state| state["stream_state"] = json!({})),
            each(&|state| state["stream_state"] = json!({"__ab_no_cursor_state_message": true})),
            each(&|state| {
                state["stream_descriptor"]["namespace"] = state["stream_descriptor"]["namespace"].clone()
            }),
        ] {
            self.read(STATE_FORM, &catalog, Some(&state), good());
        }
        let mut more = last.clone();
        sprinkle(&mut more);
        let mut more_catalog = catalog.clone();
        sprinkle_catalog(&mut more_catalog);
        self.read(EXTRA_FIELDS, &more_catalog, Some(&more.to_string()), good());

        let Some(whole) = self.runner.shots.iter().find(|shot| shot.name == INCREMENTAL) else { return };
        let all: Vec<usize> = checkpoints(whole).iter().map(|checkpoint| checkpoint.index).collect();
        let count = all.len().min(A_FEW);
        let chosen = (0..count).map(|i| all[if count > 1 { i * (all.len() - 1) / (count - 1) } else { 0 }]);
        let starts: Vec<_> = chosen.map(|index| (index, state_after(whole, index + 1).to_string())).collect();
        for (index, state) in starts {
            self.resumed.push((index, self.runner.shots.len()));
            self.read(RESUMED, &catalog, Some(&state), good());
        }
    }

    /// Reads that cannot go well.
    fn troubles(&mut self, streams: &[Stream]) {
        let mut catalog = configured(streams, "incremental");
        let mut unknown = catalog["streams"][0].clone();
        unknown["stream"]["name"] = NO_SUCH_STREAM.into();
        if let Some(streams) = catalog["streams"].as_array_mut() {
            streams.insert(0, unknown);
        }
        self.read(UNKNOWN_STREAM, &catalog, None, Setting::default());
        let mut invalid = configured(streams, "incremental");
        for stream in invalid["streams"].as_array_mut().into_iter().flatten() {
            stream["sync_mode"] = "INVALID".into();
        }
        self.read(BAD_SYNC_MODE, &invalid, None, Setting::default());

        let catalog = configured(streams, "incremental");
        let config_text = self.config().to_string();
        let config = self.runner.file("config.json", config_text);
        let file = self.runner.file("catalog.json", catalog.to_string());
        let broken = self.runner.file("broken.json", "{\"not\": JSON");
        let read = |config: &OsString, catalog: &OsString| {
            vec!["read".into(), "--config".into(), config.clone(), "--catalog".into(), catalog.clone()]
        };
        self.runner.run(BROKEN_CATALOG, Kind::Read, &read(&config, &broken), Setting::default());
        let setting = || Setting { catalog: Some(catalog.clone()), ..Setting::default() };
        self.runner.run(BROKEN_CONFIG, Kind::Read, &read(&broken, &file), setting());
        let state = [read(&config, &file), vec!["--state".into(), broken]].concat();
        self.runner.run(BROKEN_STATE, Kind::Read, &state, setting());
    }

    /// Reads with configurations that say the same, and with one that is wrong.
    fn configured_otherwise(&mut self, spec: &Value, streams: &[Stream]) {
        let catalog = configured(streams, "incremental");
        let config = self.config();
        let given = config.as_object().cloned().unwrap_or_default();
        let (mut fewer, mut more) = (given.clone(), given.clone());
        for (field, schema) in spec["properties"].as_object().into_iter().flatten() {
            let Some(default) = schema.get("default").filter(|_| schema.get("oneOf").is_none()) else {
                continue;
            };
            if given.get(field) == Some(default) {
                fewer.shift_remove(field);
            }
            more.entry(field.clone()).or_insert_with(|| default.clone());
        }
        for (name, config) in [(DEFAULTS_OMITTED, fewer), (DEFAULTS_WRITTEN, more)] {
            if config != given {
                let setting = Setting { good: true, ..Setting::default() };
                self.read_with(name, &config.into(), &catalog, None, setting);
            }
        }
        if let Some(Spoilt { config, field, .. }) = self.spoilt.last() {
            let (config, field) = (config.clone(), field.clone());
            self.spoilt.push(Spoilt { shot: self.runner.shots.len(), field, config: config.clone() });
            self.read_with(READ_SPOILT, &config, &catalog, None, Setting::default());
        }
    }
}
