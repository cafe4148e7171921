//! Starts a connector: its program, or a container of its image.

use super::folder::{Folder, unique};
use std::ffi::OsString;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

#[derive(Clone, Debug)]
pub(super) enum Launcher {
    Program(PathBuf),
    Image { engine: PathBuf, image: String },
}

/// The command of a run, without its arguments.
pub(super) struct Launch {
    pub(super) command: Command,
    container: Option<Container>,
}

/// The name of a container.
struct Container {
    engine: PathBuf,
    name: String,
}

/// How a run ended.
pub(super) enum End {
    Exited(ExitStatus),
    /// It was killed.
    Killed,
}

/// The exit code of `docker run` if it fails itself.
const ENGINE_FAILED: i32 = 125;

impl Launcher {
    pub(super) fn program(program: impl AsRef<Path>) -> Self {
        let program = program.as_ref();
        // A bare name is looked up in PATH; any other path must not depend on the working directory of the run.
        let absolute =
            (program.components().count() > 1).then(|| std::path::absolute(program).ok()).flatten();
        Self::Program(absolute.unwrap_or_else(|| program.to_owned()))
    }

    pub(super) fn image(image: impl Into<String>) -> Self {
        Self::Image { engine: PathBuf::from("docker"), image: image.into() }
    }

    pub(super) fn is_image(&self) -> bool {
        matches!(self, Self::Image { .. })
    }

    /// Creates a folder that this connector can read.
    pub(super) fn folder(&self) -> Folder {
        Folder::new(self.is_image())
    }

    /// Returns a run in a directory within the folder. A container has the folder at the same path and uses the network of the
    /// host, so one configuration works for both.
    pub(super) fn launch(&self, folder: &Folder, directory: &Path, environment: &[(&str, &str)]) -> Launch {
        let (mut command, container) = match self {
            Self::Program(path) => {
                let mut command = Command::new(path);
                command.current_dir(directory).env_remove("LOG_LEVEL").envs(environment.iter().copied());
                (command, None)
            }
            Self::Image { engine, image } => {
                let name = unique();
                let mut mount = folder.path().as_os_str().to_owned();
                mount.push(":");
                mount.push(folder.path());
                let mut command = Command::new(engine);
                command.args(["run", "--rm", "--network", "host", "--name", &name, "--volume"]).arg(mount);
                command.arg("--workdir").arg(directory);
                for (variable, value) in environment {
                    command.arg("--env").arg(format!("{variable}={value}"));
                }
                command.arg(image);
                (command, Some(Container { engine: engine.clone(), name }))
            }
        };
        command.stdin(Stdio::null());
        Launch { command, container }
    }

    /// Runs `spec` and returns why the connector cannot be started. A run that does not end is left to the clauses.
    pub(super) fn obstacle(&self, arguments: &[OsString], limit: Duration) -> Option<String> {
        let folder = self.folder();
        let mut launch = self.launch(&folder, folder.path(), &[]);
        launch.args(arguments);
        launch.args(["spec"]);
        launch.command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = match launch.command.spawn() {
            Err(error) => return Some(format!("{self} does not start: {error}")),
            Ok(child) => child,
        };
        let End::Exited(status) = launch.wait(&mut child, limit, || false) else { return None };
        let mut text = String::new();
        // A process that a program left running may hold its stderr open.
        if let (true, Some(mut stderr)) = (self.is_image(), child.stderr.take()) {
            let _ = stderr.read_to_string(&mut text);
        }
        self.start_failure(status.code(), &text)
    }

    /// Returns why `docker run` could not start the container.
    pub(super) fn start_failure(&self, exit_code: Option<i32>, stderr: &str) -> Option<String> {
        let failed = self.is_image() && exit_code == Some(ENGINE_FAILED);
        failed.then(|| format!("{self} does not start: {}", stderr.trim()))
    }
}

impl fmt::Display for Launcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program(path) => write!(f, "{}", path.display()),
            Self::Image { engine, image } => write!(f, "{} run {image}", engine.display()),
        }
    }
}

impl Launch {
    pub(super) fn args(&mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) {
        self.command.args(arguments.into_iter().map(Into::into));
    }

    /// Waits for the end, and kills the run at the time limit or if `is_enough` says so.
    pub(super) fn wait(&self, child: &mut Child, limit: Duration, is_enough: impl Fn() -> bool) -> End {
        let began = Instant::now();
        loop {
            if let Ok(Some(status)) = child.try_wait() {
                return End::Exited(status);
            }
            if began.elapsed() > limit || is_enough() {
                let _ = child.kill();
                let _ = child.wait();
                self.end();
                return End::Killed;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Removes the container of a run whose process was killed.
    fn end(&self) {
        if let Some(Container { engine, name }) = &self.container {
            let mut command = Command::new(engine);
            command.args(["rm", "--force", name]).stdout(Stdio::null()).stderr(Stdio::null());
            let _ = command.status();
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::Connector;
    use crate::folder::prefix;
    use crate::{Subject, Verdict};
    use serde_json::json;
    use std::time::{SystemTime, UNIX_EPOCH};

    const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/models");

    fn image(image: &str) -> Launcher {
        Launcher::Image { engine: PathBuf::from(MODELS).join("docker.sh"), image: image.to_owned() }
    }

    #[test]
    fn connector_in_a_container_is_checked_like_a_program() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let config = json!({"city": "Oslo", "login": {"kind": "token", "token": "t0ken/4711+x"}});
        let report = Subject::launched_by(image("model"))
            .arguments([format!("{MODELS}/model.sh"), "none".to_owned(), now.to_string()])
            .config(config)
            .check();
        report.assert_conforms();
        let left = report.outcomes().iter().filter(|outcome| outcome.verdict != Verdict::Passed);
        let left: Vec<_> = left.map(|outcome| outcome.clause).collect();
        let needs_an_api = ["unreachable_check_is_transient", "unreachable_read_is_transient"];
        let not_shown = ["ends_when_stdout_closes", "estimates_are_of_one_kind", "failed_read_loses_nothing"];
        assert_eq!(left, [&not_shown[..], &needs_an_api].concat(), "{report}");
    }

    #[test]
    fn missing_image_is_not_an_error_of_the_connector() {
        let limit = Duration::from_secs(60);
        let obstacle = image("absent").obstacle(&[], limit).expect("there is none");
        assert!(obstacle.ends_with("absent does not start: docker: there is no image absent"), "{obstacle}");
        assert_eq!(image("model").obstacle(&["-c".into(), "exit 3".into()], limit), None);
        // A program may exit with any code.
        assert_eq!(Launcher::program("sh").start_failure(Some(125), ""), None);
        let run = std::panic::catch_unwind(|| Connector::launched_by(image("absent")).spec());
        assert!(run.is_err());
    }

    #[test]
    fn hanging_container_is_removed() {
        let hanging = Subject::launched_by(image("hangs")).time_limit(Duration::from_millis(20));
        assert_eq!(image("hangs").obstacle(&[], Duration::from_millis(20)), None);
        let report = hanging.check();
        assert!(report.failures().any(|outcome| outcome.clause == "runs_end"), "{report}");
        let mut marks = 0;
        for entry in std::fs::read_dir(std::env::temp_dir()).expect("a folder for marks").flatten() {
            let name = entry.file_name().into_string().unwrap_or_default();
            if name.starts_with(&prefix()) && name.ends_with(".removed") {
                marks += 1;
                std::fs::remove_file(entry.path()).expect("a mark");
            }
        }
        assert!(marks > 0);
    }
}
