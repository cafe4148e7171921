//! A connector's program and its runs.
#![expect(clippy::panic, reason = "this is for tests, which fail if a connector cannot be run")]

use super::folder::Folder;
use super::launch::Launcher;
use super::secrets;
use crate::leaks::Leaks;
use crate::runner::SKIP_WAITS;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A connector's program or image, with a temporary folder for its input files. The folder is removed on drop.
///
/// ```no_run
/// use airbyte_conformance::Connector;
/// use serde_json::json;
///
/// let connector = Connector::new("target/debug/source-days");
/// let config = json!({"city": "Oslo"});
/// let catalog = connector.discover(&config).configured("incremental");
/// let read = connector.read(&config, &catalog, None);
/// assert_eq!(read.exit_code, Some(0), "{read}");
/// assert_eq!(read.records("days").len(), 7);
/// ```
pub struct Connector {
    launcher: Launcher,
    folder: Folder,
    skips_waits: bool,
    known: Mutex<Known>,
}

/// Determines which values must not be printed.
#[derive(Default)]
struct Known {
    spec: Value,
    configs: Vec<Value>,
}

impl Connector {
    /// Returns the connector whose program is at this path; in an integration test, `env!("CARGO_BIN_EXE_…")`.
    pub fn new(program: impl AsRef<Path>) -> Self {
        Self::launched_by(Launcher::program(program))
    }

    pub(super) fn launched_by(launcher: Launcher) -> Self {
        Self { folder: launcher.folder(), launcher, skips_waits: false, known: Mutex::default() }
    }

    /// Skips waits for rate limits and between retries. The log reports how long each would have been. This works with
    /// programs that are built with `airbyte-sdk` and debug assertions, as tests build them.
    #[must_use]
    pub fn skip_waits(mut self) -> Self {
        self.skips_waits = true;
        self
    }

    /// Writes a file into the folder and returns its path.
    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        if name.contains("config")
            && let Ok(config) = serde_json::from_slice(text.as_ref())
        {
            self.known().configs.push(config);
        }
        self.folder.file(name, text)
    }

    /// Runs `spec`.
    pub fn spec(&self) -> Run {
        let run = self.run(["spec"]);
        let messages = run.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        if let Some(mut spec) = messages.into_iter().find(|message| message["type"] == "SPEC") {
            self.known().spec = spec["spec"]["connectionSpecification"].take();
        }
        run
    }

    /// Runs `check` with this configuration.
    pub fn check(&self, config: &Value) -> Run {
        let config = self.file("config.json", config.to_string());
        self.run([OsStr::new("check"), OsStr::new("--config"), config.as_ref()])
    }

    /// Runs `discover` with this configuration.
    pub fn discover(&self, config: &Value) -> Run {
        let config = self.file("config.json", config.to_string());
        self.run([OsStr::new("discover"), OsStr::new("--config"), config.as_ref()])
    }

    /// Runs `read` with this configuration, this configured catalog and, if given, this state.
    pub fn read(&self, config: &Value, catalog: &Value, state: Option<&Value>) -> Run {
        self.finish(&mut self.read_command(config, catalog, state))
    }

    /// Returns the command of [`read`](Self::read) without starting it.
    pub fn read_command(&self, config: &Value, catalog: &Value, state: Option<&Value>) -> Command {
        let mut command = self.command();
        command.arg("read");
        command.arg("--config").arg(self.file("config.json", config.to_string()));
        command.arg("--catalog").arg(self.file("catalog.json", catalog.to_string()));
        if let Some(state) = state {
            command.arg("--state").arg(self.file("state.json", state.to_string()));
        }
        command
    }

    /// Runs the connector with these arguments.
    pub fn run(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
        self.finish(self.command().args(arguments))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the values that the spec marks as secret, if `spec` was run, and those of fields that are named like credentials.
    fn secrets(&self, stdout: &str) -> Vec<String> {
        let Known { spec, configs } = &*self.known();
        let mut found = Vec::new();
        for config in configs.iter().cloned().chain(secrets::from_control_messages(stdout)) {
            secrets::marked(spec, &config, &mut found);
            secrets::named(&config, &mut found);
        }
        found
    }

    fn command(&self) -> Command {
        let environment: &[_] = if self.skips_waits { &[(SKIP_WAITS, "1")] } else { &[] };
        self.launcher.launch(&self.folder, self.folder.path(), environment).command
    }

    fn finish(&self, command: &mut Command) -> Run {
        let output =
            command.output().unwrap_or_else(|error| panic!("{} does not start: {error}", self.launcher));
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let stdout = String::from_utf8_lossy(&output.stdout);
        let secrets = self.secrets(&stdout);
        if let Some(failure) = self.launcher.start_failure(output.status.code(), &stderr) {
            panic!("{}", Leaks::of(&secrets).blank(&failure));
        }
        assert!(matches!(stdout, Cow::Borrowed(_)), "stdout is not UTF-8");
        Run { exit_code: output.status.code(), stdout: stdout.into_owned(), stderr, secrets }
    }
}

/// The output of a run. `Display` and `Debug` blank the secrets of the configuration: the values of fields that are named like
/// credentials and, if [`Connector::spec`] was called before, those that the spec marks as secret.
#[non_exhaustive]
pub struct Run {
    /// The exit code; `None` if a signal terminated the run.
    pub exit_code: Option<i32>,
    /// All of stdout.
    pub stdout: String,
    /// All of stderr.
    pub stderr: String,
    /// The values to blank.
    secrets: Vec<String>,
}

impl Run {
    /// Returns the messages on stdout.
    ///
    /// # Panics
    ///
    /// If a line is not a JSON object with a `type`.
    pub fn messages(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| match serde_json::from_str::<Value>(line) {
                Ok(message) if message["type"].is_string() => message,
                _ => panic!("this line of stdout is not a message: {}", self.scrub(line)),
            })
            .collect()
    }

    fn scrub<'t>(&self, text: &'t str) -> Cow<'t, str> {
        Leaks::of(&self.secrets).blank(text)
    }

    /// Returns the payloads of all messages of a type, such as the `record` of each `RECORD`.
    pub fn all(&self, message_type: &str) -> Vec<Value> {
        let key = if message_type == "CONNECTION_STATUS" {
            "connectionStatus"
        } else {
            &message_type.to_lowercase()
        };
        let messages = self.messages().into_iter().filter(|message| message["type"] == message_type);
        messages.map(|mut message| message[key].take()).collect()
    }

    /// Returns the data of all records of a stream.
    pub fn records(&self, stream: &str) -> Vec<Value> {
        let records = self.all("RECORD").into_iter().filter(|record| record["stream"] == stream);
        records.map(|mut record| record["data"].take()).collect()
    }

    /// Returns all states, in the format of a state file.
    pub fn states(&self) -> Vec<Value> {
        self.all("STATE")
    }

    /// Returns the last state of each stream, as the state file for the next read.
    pub fn final_state(&self) -> Value {
        let mut last: Vec<Value> = Vec::new();
        for state in self.states() {
            last.retain(|other| other["stream"]["stream_descriptor"] != state["stream"]["stream_descriptor"]);
            last.push(state);
        }
        last.into()
    }

    /// Returns the statuses of a stream, in order.
    pub fn statuses(&self, stream: &str) -> Vec<String> {
        let statuses = self.all("TRACE").into_iter().filter_map(|mut trace| {
            let status = trace["stream_status"].take();
            (status["stream_descriptor"]["name"] == stream)
                .then(|| status["status"].as_str().map(str::to_owned))?
        });
        statuses.collect()
    }

    /// Returns all ERROR traces.
    pub fn errors(&self) -> Vec<Value> {
        self.all("TRACE")
            .into_iter()
            .filter(|trace| trace["type"] == "ERROR")
            .map(|mut trace| trace["error"].take())
            .collect()
    }

    /// Returns a configured catalog of all streams in the CATALOG, each in this sync mode if it supports it, and otherwise in the
    /// first one that it supports.
    ///
    /// # Panics
    ///
    /// If there is no CATALOG.
    pub fn configured(&self, sync_mode: &str) -> Value {
        let catalogs = self.all("CATALOG");
        let Some(streams) = catalogs.first().and_then(|catalog| catalog["streams"].as_array()) else {
            panic!("no CATALOG:\n{self}");
        };
        let configured = streams.iter().map(|stream| {
            let modes = stream["supported_sync_modes"].as_array().map_or(&[][..], Vec::as_slice);
            let mode = modes.iter().find(|mode| *mode == sync_mode).or(modes.first());
            json!({
                "stream": stream,
                "sync_mode": mode.and_then(Value::as_str).unwrap_or(sync_mode),
                "destination_sync_mode": "append",
            })
        });
        json!({"streams": configured.collect::<Vec<_>>()})
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (stdout, stderr) = (self.scrub(&self.stdout), self.scrub(&self.stderr));
        write!(f, "exit code {:?}\nstdout:\n{stdout}\nstderr:\n{stderr}", self.exit_code)
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("exit_code", &self.exit_code)
            .field("stdout", &self.scrub(&self.stdout))
            .field("stderr", &self.scrub(&self.stderr))
            .finish_non_exhaustive()
    }
}
