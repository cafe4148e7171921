//! Starts the program, ends it when it hangs, and keeps what it wrote, whatever that is.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "this is for tests: a failure to run one is a failure of the test"
)]

use super::Subject;
use super::runs::{Kind, Shot};
use crate::folder::Folder;
use serde_json::Value;
use std::ffi::OsString;
use std::io::Read;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::{Duration, SystemTime};

/// Connectors that are built with `airbyte-sdk`, and with debug assertions, skip their waits if this is set.
pub(super) const SKIP_WAITS: &str = "AIRBYTE_SDK_SKIP_WAITS";

/// The program, a folder for its input files, and the runs so far.
pub(super) struct Runner<'a> {
    pub(super) subject: &'a Subject,
    folder: Folder,
    pub(super) shots: Vec<Shot>,
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
    /// Nobody listens at the other end of stdout.
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
        Self { subject, folder: subject.launcher.folder(), shots: Vec::new() }
    }

    pub(super) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> OsString {
        self.folder.file(name, text).into_os_string()
    }

    /// A folder in which the program finds nothing.
    pub(super) fn elsewhere(&self) -> PathBuf {
        self.folder.folder("elsewhere")
    }

    pub(super) fn run(&mut self, name: &'static str, kind: Kind, arguments: &[OsString], setting: Setting) {
        let Subject { launcher, time_limit, .. } = self.subject;
        let mut environment = setting.environment.clone();
        if self.subject.skips_waits {
            environment.push((SKIP_WAITS, "1"));
        }
        let directory = setting.working_directory.as_deref().unwrap_or(self.folder.path());
        let mut launch = launcher.launch(&self.folder, directory, &environment);
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
        let stdout = child.stdout.take().map(collect);
        let stderr = child.stderr.take().map(collect);
        let (status, patience) = match launch.wait(&mut child, *time_limit) {
            Some(status) => (Some(status), *time_limit),
            None => (None, Duration::from_millis(100)),
        };
        let text = |channel: Option<mpsc::Receiver<Vec<u8>>>| {
            let bytes = channel.and_then(|channel| channel.recv_timeout(patience).ok()).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let (stdout, stderr) = (text(stdout), text(stderr));
        let Setting { good, catalog, .. } = setting;
        let ended = status.is_some();
        let exit_code = status.and_then(|status| status.code());
        if let Some(refusal) = launcher.refusal(exit_code, &stderr) {
            panic!("{refusal}");
        }
        self.shots.push(Shot {
            name,
            kind,
            good,
            catalog,
            ended,
            exit_code,
            began,
            ..Shot::new(stdout, stderr)
        });
    }
}

/// Reads to the end beside the program, so that no pipe fills up.
fn collect(mut pipe: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}
