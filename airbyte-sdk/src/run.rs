//! THE MAIN LOOP: arguments → inputs → command → exit code.

use crate::cli::{self, Cli, Command};
use crate::commands::{self, Outcome};
use crate::early_exit;
use crate::error::{Error, Result};
use crate::input::{self, States};
use crate::output::{self, Output};
use crate::panics;
use crate::protocol::{ConfiguredAirbyteCatalog, StreamDescriptor};
use crate::run_context::{FAILED, RunContext};
use crate::signals;
use crate::source::Source;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

const USAGE_ERROR: u8 = 2;

impl<C: Sync> Source<C> {
    /// Runs the command given on the command line: `spec`, `check`, `discover` or `read`. Return the result from `main`.
    ///
    /// | exit code | meaning |
    /// | --- | --- |
    /// | 0 | success |
    /// | 1 | failure; an ERROR trace on stdout states the reason |
    /// | 2 | invalid command line; an ERROR trace on stdout states the reason, and the usage is on stderr |
    pub fn run(self) -> ExitCode {
        run(&self)
    }
}

/// Runs one command of a source, from the process's arguments to its exit code.
fn run<C: Sync>(source: &Source<C>) -> ExitCode {
    let context = RunContext::stdout();
    let output = &context.output;
    let cli = match Cli::parse_from_args(source.name, source.version, std::env::args_os()) {
        Ok(cli) => cli,
        Err(usage) => return report_usage(&usage, output),
    };
    output::install_logger(output, cli.wants_debug());
    let holds = context.ledger.holds().clone();
    panics::install_hook(move |panic| holds.note_stray_panic(panic));
    context.watch_for_exit();

    let result = panics::catch(|| execute(source, cli.command, &context));
    let code = finish(&context, result);
    // Fails only if stdout has been closed.
    match output.flush() {
        Ok(()) => code,
        Err(_) => ExitCode::from(FAILED),
    }
}

fn execute<C: Sync>(source: &Source<C>, command: Command, context: &RunContext) -> Result<Outcome> {
    start_threads(&command, source.deadline, context);
    let read_config = |path| input::config(path, source.config.read, &context.output, &context.config);
    let message = match command {
        Command::Spec => commands::spec(source)?,
        Command::Check(file) => commands::check(source, read_config(&file.path), context)?,
        Command::Discover(file) => commands::discover(source, &read_config(&file.path)?)?,
        Command::Read { config, catalog, state } => {
            let config = read_config(&config.path)?;
            let catalog = input::catalog(&catalog)?;
            let offered = source.streams.iter().map(|stream| stream.describe().descriptor()).collect();
            let states = states(state.as_deref(), offered, &catalog)?;
            return commands::read(source, &config, catalog, states, context);
        }
    };
    Ok(Outcome::Message(Box::new(message)))
}

/// Reads the states. Not generic over the configuration, so that this is compiled once, for size.
fn states(
    file: Option<&Path>,
    mut streams: Vec<StreamDescriptor>,
    catalog: &ConfiguredAirbyteCatalog,
) -> Result<States> {
    streams.extend(catalog.streams.iter().map(|stream| stream.stream.descriptor()));
    input::states(file, streams)
}

/// Starts the threads that accompany a command.
fn start_threads(command: &Command, deadline: Duration, context: &RunContext) {
    if !matches!(command, Command::Spec) {
        let closed = context.clone();
        context.ledger.keep_alive(move || closed.exit_without_output());
        signals::watch(context);
    }
    if matches!(command, Command::Check(_) | Command::Discover(_)) {
        give_up_after(deadline, context);
    }
}

/// Ends the process with an error if the command has not ended by the deadline.
fn give_up_after(deadline: Duration, context: &RunContext) {
    let context = context.clone();
    // If the thread cannot be spawned, the timeouts of the HTTP client still apply.
    let _ = std::thread::Builder::new().name("deadline".to_owned()).spawn(move || {
        std::thread::sleep(deadline);
        if context.claim_end() {
            let message = format!("timed out after {} s waiting for the API", deadline.as_secs_f32());
            context.end(Some(Error::transient(message)));
            early_exit::exit_now(FAILED);
        }
    });
}

/// Turns the result of a command into an exit code; no other function does.
fn finish(context: &RunContext, result: Result<Outcome>) -> ExitCode {
    // If a signal or the deadline came first, its thread ends the process.
    while !context.claim_end() {
        std::thread::park();
    }
    early_exit::stop_watching();
    context.config.wait_for_rotation();
    let output = &context.output;
    if let Some(panic) = context.ledger.holds().take_stray_panic() {
        let _ = output.error(&panic, None);
        if result.is_ok() {
            return ExitCode::from(FAILED);
        }
    }
    match result {
        Ok(Outcome::Success) => return ExitCode::SUCCESS,
        Ok(Outcome::Message(message)) => {
            if output.message(*message).is_ok() {
                return ExitCode::SUCCESS;
            }
        }
        Ok(Outcome::FailedStreams) => {}
        // Stdout was closed, so nothing can be reported.
        Err(error) if error.is_stopped() => {}
        Err(error) => {
            let _ = output.error(&error, None);
        }
    }
    ExitCode::from(FAILED)
}

/// Prints requested help to stdout. Reports an invalid command line on stderr, for people, and as an ERROR trace on stdout,
/// for the platform.
fn report_usage(usage: &clap::Error, output: &Output) -> ExitCode {
    let text = usage.render().to_string();
    if usage.use_stderr() {
        let _ = std::io::stderr().write_all(text.as_bytes());
        // If stdout is closed, the exit code still reports the error.
        let _ = output.error(&cli::usage_error(usage), None).and_then(|()| output.flush());
        return ExitCode::from(USAGE_ERROR);
    }
    match output.line(text.as_bytes()).and_then(|()| output.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(FAILED),
    }
}
