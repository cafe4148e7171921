//! A connector that follows the protocol, except for the faults in its first argument, separated by commas.
//!
//! Its faults are those that a shell script cannot have: data that is lost after a state, bytes and encodings. It has a stream of
//! each kind: `orders` sends intermediate states, `customers` one at its end, `visits` one with a cursor value for each partition,
//! `colours` supports only full refreshes, and `pages` can resume them.
#![expect(clippy::print_stderr, reason = "a program")]

mod concurrent;
mod data;
mod input;
mod output;
mod read;
mod streams;

use input::{Command, Options};
use output::Output;
use read::Read;
use serde_json::json;
use std::collections::HashSet;
use std::io;
use std::process::ExitCode;
use std::sync::LazyLock;

static FAULTS: LazyLock<HashSet<String>> =
    LazyLock::new(|| std::env::args().nth(1).unwrap_or_default().split(',').map(str::to_owned).collect());

/// Returns whether the connector has this fault.
fn has(fault: &str) -> bool {
    FAULTS.contains(fault)
}

fn debugs() -> bool {
    std::env::args().any(|argument| argument == "--debug")
}

/// Why the connector stops before the end.
enum Stop {
    /// It sends an ERROR with this message and failure type.
    Failed(String, &'static str),
    /// It writes this to stderr and exits, as a program does that did not expect its input.
    Crashed(String),
    /// The command line is invalid.
    Usage,
    /// No one reads stdout.
    Closed,
}

impl Stop {
    fn config(message: impl Into<String>) -> Self {
        Self::Failed(message.into(), "config_error")
    }

    fn crash(about: impl Into<String>) -> Self {
        Self::Crashed(about.into())
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Crashed(error.to_string()),
        }
    }
}

fn main() -> ExitCode {
    let mut output = Output::new();
    let stop = match run(&mut output).and_then(|code| Ok((code, output.flush()?))) {
        Ok((code, ())) => return ExitCode::from(code),
        Err(stop) => stop,
    };
    match stop {
        Stop::Failed(message, failure_type) => {
            let _ = output.error(&message, failure_type, None).and_then(|()| output.flush());
        }
        Stop::Crashed(about) => {
            let _ = output.flush();
            eprintln!("crashed: {about}");
        }
        Stop::Usage => {
            eprintln!(
                "usage: model spec|check|discover|read [--config FILE] [--catalog FILE] [--state FILE]"
            );
            return ExitCode::from(2);
        }
        Stop::Closed => {}
    }
    ExitCode::FAILURE
}

fn run(output: &mut Output) -> Result<u8, Stop> {
    let Options { command, config, catalog, state } = Options::parse(std::env::args().skip(2))?;
    let is_debugged = matches!(command, Command::Check | Command::Discover) || debugs();
    if has("leaves_a_process_behind") && is_debugged {
        std::process::Command::new("sleep").arg("300").spawn()?;
    }
    if command == Command::Spec {
        output.say("SPEC", "spec", data::spec())?;
        return Ok(0);
    }
    let config = match input::config(&config) {
        Err(Stop::Failed(message, _)) if command == Command::Check => {
            output.connection_status(json!({"status": "FAILED", "message": message}))?;
            return Ok(0);
        }
        config => config?,
    };
    match command {
        Command::Spec => {}
        Command::Check => {
            if has("every_check_fails") {
                return Err(Stop::config("the token has expired"));
            }
            if config.is_nowhere() {
                return Err(Stop::Failed("the API does not respond".to_owned(), "transient_error"));
            }
            if config.token.starts_with("wrong") {
                let about =
                    if has("leaks_a_wrong_token") { format!(" {}", config.token) } else { String::new() };
                let message = format!("the token{about} is wrong");
                output.connection_status(json!({"status": "FAILED", "message": message}))?;
            } else {
                output.connection_status(json!({"status": "SUCCEEDED"}))?;
            }
        }
        Command::Discover => {
            if has("every_discover_fails") {
                return Err(Stop::config("the token has expired"));
            }
            output.say("CATALOG", "catalog", json!({"streams": data::streams()}))?;
        }
        Command::Read => {
            if has("every_read_fails") {
                return Err(Stop::config("the token has expired"));
            }
            if has("every_read_crashes") {
                return Err(Stop::crash("there is no `page`"));
            }
            let catalog = input::catalog(&catalog)?;
            let states = match state {
                Some(state) => input::states(&state)?,
                None => Vec::new(),
            };
            return Read::new(output, config, catalog, states)?.run();
        }
    }
    Ok(0)
}
