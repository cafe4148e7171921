//! Starts the program, kills it if it hangs or writes too much, and captures its output.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "this is for tests: a failure to run one is a failure of the test"
)]

use super::Subject;
use super::folder::Folder;
use super::launch::End;
use super::output::Output;
use super::runs::{CapturedRun, Kind};
use serde_json::Value;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Instant, SystemTime};

/// Connectors that are built with `airbyte-sdk`, and with debug assertions, skip their waits if this is set.
pub(super) const SKIP_WAITS: &str = "AIRBYTE_SDK_SKIP_WAITS";

/// How many bytes a run may write to stdout or stderr, and all runs together.
pub(super) const MOST_OF_A_RUN: usize = 64 << 20;
const MOST_OF_ALL: usize = 256 << 20;

/// After this many killed runs of a kind, the others are skipped: each takes its whole time limit.
const MOST_ENDED: usize = 3;

/// Runs a connector, and captures the output.
pub(super) struct Runner<'a> {
    pub(super) subject: &'a Subject,
    folder: Folder,
    pub(super) captured_runs: Vec<CapturedRun>,
    /// Runs that were skipped, with the reason.
    pub(super) skipped: Vec<(&'static str, String)>,
    kept: usize,
}

/// The options of a run.
#[derive(Default)]
pub(super) struct Setting {
    /// It should succeed.
    pub(super) good: bool,
    /// The configured catalog.
    pub(super) catalog: Option<Value>,
    /// Additional arguments of a read.
    pub(super) more: Vec<OsString>,
    pub(super) environment: Vec<(&'static str, &'static str)>,
    /// The working directory, if not the folder of its input files.
    pub(super) working_directory: Option<PathBuf>,
    /// Stdout is a pipe whose read end is closed.
    pub(super) closed_stdout: bool,
}

impl Setting {
    /// Returns the options of a run that should succeed.
    pub(super) fn good() -> Self {
        Self { good: true, ..Self::default() }
    }
}

impl<'a> Runner<'a> {
    pub(super) fn new(subject: &'a Subject) -> Self {
        let folder = subject.launcher.folder();
        Self { subject, folder, captured_runs: Vec::new(), skipped: Vec::new(), kept: 0 }
    }

    pub(super) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> OsString {
        self.folder.file(name, text).into_os_string()
    }

    /// Creates an empty folder.
    pub(super) fn elsewhere(&self) -> PathBuf {
        self.folder.folder("elsewhere")
    }

    /// Returns why a run of this kind is skipped.
    fn obstacle(&self, kind: Kind) -> Option<String> {
        let ended =
            self.captured_runs.iter().filter(|captured| captured.kind == kind && !captured.ended).count();
        if ended >= MOST_ENDED {
            return Some(format!("{ended} earlier runs had to be killed"));
        }
        let most = MOST_OF_ALL >> 20;
        (self.kept >= MOST_OF_ALL).then(|| format!("the earlier runs wrote {most} MiB"))
    }

    /// Runs the connector. Returns the index in `captured_runs`; `None` if the run was skipped.
    pub(super) fn run(
        &mut self,
        name: &'static str,
        kind: Kind,
        arguments: &[OsString],
        setting: Setting,
    ) -> Option<usize> {
        if let Some(why) = self.obstacle(kind) {
            self.skipped.push((name, why));
            return None;
        }
        let Subject { launcher, time_limit, environment, .. } = self.subject;
        let mut all: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.extend(setting.environment.iter().copied());
        if self.subject.skips_waits {
            all.push((SKIP_WAITS, "1"));
        }
        let directory = setting.working_directory.as_deref().unwrap_or(self.folder.path());
        let mut launch = launcher.launch(&self.folder, directory, &all);
        launch.args(&self.subject.arguments);
        launch.args(arguments);
        launch.command.stderr(Stdio::piped()).stdout(Stdio::piped());
        if setting.closed_stdout {
            let (reader, writer) = std::io::pipe().expect("a pipe");
            drop(reader);
            launch.command.stdout(writer);
        }
        let began = SystemTime::now();
        let mut child =
            launch.command.spawn().unwrap_or_else(|error| panic!("{launcher} does not start: {error}"));
        // Drops the write end of the pipe above.
        launch.command.stdout(Stdio::null());
        let stdout = child.stdout.take().map(|pipe| Output::collect(pipe, MOST_OF_A_RUN));
        let stderr = child.stderr.take().map(|pipe| Output::collect(pipe, MOST_OF_A_RUN));
        let both = || stdout.iter().chain(&stderr);
        let end = launch.wait(&mut child, *time_limit, || both().any(Output::is_full));
        let exited = Instant::now();
        let is_full = both().any(Output::is_full);
        let bytes = |output: Option<Output>| output.map(|output| output.finish(exited)).unwrap_or_default();
        let (stdout, stderr) = (bytes(stdout), bytes(stderr));
        self.kept += stdout.len() + stderr.len();
        let exit_code = match &end {
            End::Exited(status) => status.code(),
            End::Killed => None,
        };
        let captured = CapturedRun::new(stdout, stderr);
        if let Some(failure) = launcher.start_failure(exit_code, &captured.stderr) {
            panic!("{failure}");
        }
        let Setting { good, catalog, .. } = setting;
        let ended = matches!(end, End::Exited(_)) && !is_full;
        self.captured_runs.push(CapturedRun {
            name,
            kind,
            good,
            catalog,
            ended,
            is_full,
            exit_code,
            began,
            ..captured
        });
        Some(self.captured_runs.len() - 1)
    }
}
