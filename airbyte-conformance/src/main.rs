//! `airbyte-conformance`: the conformance suite as a program, for connectors in any language.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]

use airbyte_conformance::{Acceptance, Subject};
use clap::Parser;
use serde_json::Value;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Checks an Airbyte source connector against the rules of the protocol.
///
/// Runs the connector a few dozen times and checks its output. The API that it reads from must not change in the meantime, and must
/// have a few records per stream. Exits with 0 if no clause failed, 1 if one did, 2 if the connector could not be started.
#[derive(Parser)]
#[command(
    version,
    override_usage = "airbyte-conformance [OPTIONS] -- PROGRAM [ARGUMENTS]...\n       airbyte-conformance [OPTIONS] --image IMAGE"
)]
struct Options {
    /// A valid configuration
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// A configuration that the user would have to correct: `check` must report FAILED
    #[arg(long, value_name = "FILE")]
    invalid_config: Option<PathBuf>,

    /// A valid configuration with which the API cannot be reached: `check` and `read` must fail with a transient_error
    #[arg(long, value_name = "FILE")]
    unreachable_config: Option<PathBuf>,

    /// A stream to read, instead of all; may be repeated
    #[arg(long = "stream", value_name = "NAME")]
    streams: Vec<String>,

    /// A configuration field that is not secret although its name looks like a credential; may be repeated
    #[arg(long, value_name = "FIELD")]
    not_secret: Vec<String>,

    /// How long a run may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    time_limit: u64,

    /// Run the tests in the acceptance-test-config.yml of this folder, with the configurations named there
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["config", "invalid_config", "unreachable_config", "streams"])]
    acceptance: Option<PathBuf>,

    /// Print the verdicts as JSON
    #[arg(long, conflicts_with = "acceptance")]
    json: bool,

    /// An image, which `docker run` starts, instead of a program
    #[arg(long, value_name = "IMAGE", conflicts_with = "program", required_unless_present = "program")]
    image: Option<String>,

    /// The connector's program and its first arguments, such as an interpreter and a script
    #[arg(last = true, value_name = "PROGRAM")]
    program: Vec<OsString>,
}

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Returns whether no clause failed.
fn run(options: Options) -> Result<bool, String> {
    let mut subject = match (options.image, options.program.split_first()) {
        (Some(image), _) => Subject::image(image),
        (None, Some((program, arguments))) => Subject::new(program).arguments(arguments.iter().map(absolute)),
        (None, None) => return Err("no program and no image".to_owned()),
    };
    subject = subject.time_limit(Duration::from_secs(options.time_limit)).not_secret(options.not_secret);
    if let Some(folder) = options.acceptance {
        let report = Acceptance::new(subject, folder).run();
        print!("{report}");
        return Ok(report.passed());
    }
    if let Some(path) = options.config {
        subject = subject.config(json(&path)?);
    }
    if let Some(path) = options.invalid_config {
        subject = subject.invalid_config(json(&path)?);
    }
    if let Some(path) = options.unreachable_config {
        subject = subject.unreachable_config(json(&path)?);
    }
    if !options.streams.is_empty() {
        subject = subject.streams(options.streams);
    }
    subject.can_be_started()?;
    let report = subject.check();
    if options.json {
        println!("{:#}", report.to_json());
    } else {
        print!("{report}");
    }
    Ok(report.failures().next().is_none())
}

/// Makes an argument that names a file absolute, since the connector is started in another folder.
fn absolute(argument: &OsString) -> OsString {
    match std::path::absolute(argument) {
        Ok(path) if Path::new(argument).exists() => path.into_os_string(),
        _ => argument.clone(),
    }
}

fn json(path: &Path) -> Result<Value, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    // The message of the parser may quote the file, which contains credentials.
    serde_json::from_str(&text).map_err(|error| {
        format!("{}: not JSON, at line {}, column {}", path.display(), error.line(), error.column())
    })
}
