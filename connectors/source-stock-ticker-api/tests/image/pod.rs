//! The source container of a pod, started as the platform starts it: its entry point is ignored, a shell evaluates
//! `AIRBYTE_ENTRYPOINT` in the platform's folder, and the other containers are connected by two FIFOs.

use crate::docker::{Container, Folder, image, unique_name};
use serde_json::Value;
use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, Read as _};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// The user as which the platform starts the container.
#[derive(Clone, Copy, Debug)]
pub(crate) enum User {
    /// The image's user.
    OfTheImage,
    Root,
    /// As in installations that forbid root: without any privileges. The read-only file system is stricter than they are.
    WithoutPrivileges,
}

impl User {
    pub(crate) const ALL: [Self; 3] = [Self::OfTheImage, Self::Root, Self::WithoutPrivileges];

    fn options(self) -> &'static [&'static str] {
        match self {
            Self::OfTheImage => &[],
            Self::Root => &["--user", "0:0"],
            Self::WithoutPrivileges => &[
                "--user",
                "1000:1000",
                "--cap-drop",
                "ALL",
                "--security-opt",
                "no-new-privileges",
                "--read-only",
            ],
        }
    }
}

/// The platform's script, abridged and with a shorter wait.
const SCRIPT: &str = r#"
if [ -z "$AIRBYTE_ENTRYPOINT" ]; then
    echo "the image does not say how to start it"
    exit 127
fi
echo "$AIRBYTE_ENTRYPOINT"
(eval "$AIRBYTE_ENTRYPOINT COMMAND" REDIRECTED) &
connector=$!
(while [ ! -f TERMINATED ]; do sleep 1; done; kill "$connector") &
wait "$connector"
code=$?
echo "$code" > TEMP_EXIT_CODE.txt
mv TEMP_EXIT_CODE.txt exitCode.txt
exit "$code"
"#;

/// The connector itself as the container's first process.
pub(crate) const FIRST_PROCESS: &str = r#"eval "exec $AIRBYTE_ENTRYPOINT COMMAND" REDIRECTED"#;

/// The inputs and options of a read.
pub(crate) struct Read<'a> {
    pub(crate) user: User,
    pub(crate) config: &'a Value,
    pub(crate) catalog: &'a Value,
    pub(crate) state: Option<&'a Value>,
    /// The paths of configuration, catalog and state on the command line.
    pub(crate) paths: [&'a str; 3],
    /// Further options of `docker run`.
    pub(crate) options: &'a [&'a str],
    pub(crate) script: &'a str,
}

impl<'a> Read<'a> {
    /// Returns a first read, without privileges and with the platform's paths.
    pub(crate) fn of(config: &'a Value, catalog: &'a Value) -> Self {
        Self {
            user: User::WithoutPrivileges,
            config,
            catalog,
            state: None,
            paths: ["/source/connectorConfig.json", "/source/catalog.json", "/source/inputState.json"],
            options: &[],
            script: SCRIPT,
        }
    }
}

/// A container that takes longer has hung.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

/// A running source container.
pub(crate) struct Pod {
    pub(crate) container: Container,
    pub(crate) folder: Folder,
    ended: Receiver<Output>,
}

/// How a container ended.
pub(crate) struct End {
    /// The contents of `exitCode.txt`, if it exists.
    pub(crate) exit_code_file: Option<String>,
    pub(crate) exit_code: Option<i32>,
    /// The output of the container itself.
    pub(crate) log: String,
}

impl Pod {
    /// Starts a command that writes to the file `jobOutput.json`.
    pub(crate) fn one_shot(user: User, command: &str, config: &Value) -> Self {
        let folder = Folder::new();
        folder.write("connectionConfiguration.json", &config.to_string());
        let script = SCRIPT.replace("COMMAND", command).replace("REDIRECTED", "> /config/jobOutput.json");
        Self::start(folder, "/config", &script, user.options())
    }

    /// Starts a read that writes to the FIFOs `stdout` and `stderr`.
    pub(crate) fn read(read: &Read<'_>) -> Self {
        let folder = Folder::new();
        let mut command = "read".to_owned();
        let inputs = [("config", Some(read.config)), ("catalog", Some(read.catalog)), ("state", read.state)];
        for ((option, input), path) in inputs.into_iter().zip(read.paths) {
            if let Some(input) = input {
                folder.write(path.rsplit('/').next().unwrap(), &input.to_string());
                command = format!("{command} --{option} {path}");
            }
        }
        for fifo in ["stdout", "stderr"] {
            let made = Command::new("mkfifo").args(["-m", "0666"]).arg(folder.path().join(fifo)).status();
            assert!(made.unwrap().success());
        }
        let options = [read.user.options(), read.options].concat();
        let script = read.script.replace("COMMAND", &command);
        let script = script.replace("REDIRECTED", "> /source/stdout 2> /source/stderr");
        Self::start(folder, "/source", &script, &options)
    }

    fn start(folder: Folder, place: &str, script: &str, options: &[&str]) -> Self {
        let container = Container(unique_name());
        let mut run = Command::new("docker");
        run.args(["run", "--name", &container.0, "--network", "host", "--entrypoint", "sh"]);
        run.args(["--volume", &folder.mounted_at(place), "--workdir", place]);
        for variable in ["DEPLOYMENT_MODE=OSS", "USE_STREAM_CAPABLE_STATE=true", "DATA_CHANNEL_MEDIUM=STDIO"]
        {
            run.args(["--env", variable]);
        }
        run.args(options).arg(image()).args(["-c", script]).stdin(Stdio::null());
        let run = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the docker command");
        let (end, ended) = channel();
        let fifos = ["stdout", "stderr"].map(|fifo| folder.path().join(fifo));
        std::thread::spawn(move || {
            let output = run.wait_with_output().expect("the docker command");
            // Readers that still wait for a writer are released, and later ones find an empty file.
            for fifo in fifos.into_iter().filter(|fifo| fifo.exists()) {
                let writer = OpenOptions::new().read(true).write(true).open(&fifo);
                let replaced = fs::remove_file(&fifo).and_then(|()| fs::write(&fifo, ""));
                drop((writer, replaced));
            }
            let _ = end.send(output);
        });
        Self { container, folder, ended }
    }

    /// Returns the FIFOs that the other containers read, opened in the same order as by the shell.
    pub(crate) fn outputs(&self) -> (BufReader<File>, File) {
        let open = |fifo| File::open(self.folder.path().join(fifo)).unwrap();
        (BufReader::new(open("stdout")), open("stderr"))
    }

    /// Reads all of stdout, then all of stderr.
    pub(crate) fn read_all(&self) -> (String, String) {
        let (mut stdout, mut stderr) = self.outputs();
        let (mut out, mut err) = (String::new(), String::new());
        stdout.read_to_string(&mut out).unwrap();
        stderr.read_to_string(&mut err).unwrap();
        (out, err)
    }

    /// Creates the file that makes the script kill the command.
    pub(crate) fn cancel(&self) {
        self.folder.write("TERMINATED", "");
    }

    /// Waits until the container ends.
    pub(crate) fn end(&self) -> End {
        let output = self.ended.recv_timeout(TIMEOUT).expect("the container does not end");
        End {
            exit_code_file: self.folder.read("exitCode.txt").map(|code| code.trim().to_owned()),
            exit_code: output.status.code(),
            log: [output.stdout, output.stderr]
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                .concat(),
        }
    }
}
