//! Starts the program, ends it when it hangs or writes without end, and keeps what it wrote, whatever that is.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "this is for tests: a failure to run one is a failure of the test"
)]

use super::Subject;
use super::folder::Folder;
use super::launch::End;
use super::output::Output;
use super::runs::{Kind, Shot};
use serde_json::Value;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::SystemTime;

/// Connectors that are built with `airbyte-sdk`, and with debug assertions, skip their waits if this is set.
pub(super) const SKIP_WAITS: &str = "AIRBYTE_SDK_SKIP_WAITS";

/// How many bytes one run may write to stdout or stderr, and how many all runs together.
pub(super) const MOST_OF_A_RUN: usize = 64 << 20;
const MOST_OF_ALL: usize = 256 << 20;

/// After so many runs of a kind that had to be ended, no more of that kind are made: each costs its whole time limit.
const MOST_ENDED: usize = 3;

/// The program, a folder for its input files, and the runs so far.
pub(super) struct Runner<'a> {
    pub(super) subject: &'a Subject,
    folder: Folder,
    pub(super) shots: Vec<Shot>,
    /// Runs that were not made, with the reason.
    pub(super) skipped: Vec<(&'static str, String)>,
    kept: usize,
}

/// What one run is given, besides its arguments.
#[derive(Default)]
pub(super) struct Setting {
    /// It should go well.
    pub(super) good: bool,
    /// What it is to read.
    pub(super) catalog: Option<Value>,
    /// More arguments of a read.
    pub(super) more: Vec<OsString>,
    pub(super) environment: Vec<(&'static str, &'static str)>,
    /// Where it runs, if not beside its input files.
    pub(super) working_directory: Option<PathBuf>,
    /// Stdout is a pipe whose reading end is closed.
    pub(super) closed_stdout: bool,
}

impl Setting {
    /// Of a run that should go well.
    pub(super) fn good() -> Self {
        Self { good: true, ..Self::default() }
    }
}

impl<'a> Runner<'a> {
    pub(super) fn new(subject: &'a Subject) -> Self {
        let folder = subject.launcher.folder();
        Self { subject, folder, shots: Vec::new(), skipped: Vec::new(), kept: 0 }
    }

    pub(super) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> OsString {
        self.folder.file(name, text).into_os_string()
    }

    /// A folder in which the program finds nothing.
    pub(super) fn elsewhere(&self) -> PathBuf {
        self.folder.folder("elsewhere")
    }

    /// Why a run of this kind is not made.
    fn obstacle(&self, kind: Kind) -> Option<String> {
        let ended = self.shots.iter().filter(|shot| shot.kind == kind && !shot.ended).count();
        if ended >= MOST_ENDED {
            return Some(format!("{ended} runs before it had to be ended"));
        }
        let most = MOST_OF_ALL >> 20;
        (self.kept >= MOST_OF_ALL).then(|| format!("the runs before it wrote {most} MiB"))
    }

    /// The place of the run among the `shots`; `None` if it was not made.
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
        // The other end of the pipe that was made above.
        launch.command.stdout(Stdio::null());
        let stdout = child.stdout.take().map(|pipe| Output::collect(pipe, MOST_OF_A_RUN));
        let stderr = child.stderr.take().map(|pipe| Output::collect(pipe, MOST_OF_A_RUN));
        let both = || stdout.iter().chain(&stderr);
        let end = launch.wait(&mut child, *time_limit, || both().any(Output::is_full));
        let is_full = both().any(Output::is_full);
        let bytes = |output: Option<Output>| output.map(Output::finish).unwrap_or_default();
        let (stdout, stderr) = (bytes(stdout), bytes(stderr));
        self.kept += stdout.len() + stderr.len();
        let exit_code = match &end {
            End::Exited(status) => status.code(),
            End::Ended => None,
        };
        let shot = Shot::new(stdout, stderr);
        if let Some(refusal) = launcher.refusal(exit_code, &shot.stderr) {
            panic!("{refusal}");
        }
        let Setting { good, catalog, .. } = setting;
        let ended = matches!(end, End::Exited(_)) && !is_full;
        self.shots.push(Shot { name, kind, good, catalog, ended, is_full, exit_code, began, ..shot });
        Some(self.shots.len() - 1)
    }
}
