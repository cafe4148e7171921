//! THE MAIN LOOP: arguments → inputs → command → exit code.

use crate::cli::{self, Cli, Command};
use crate::commands::{self, Done};
use crate::early_exit;
use crate::error::{Error, Result};
use crate::input;
use crate::output::{self, Output};
use crate::panics;
use crate::run_context::RunContext;
use crate::signals;
use crate::source::Source;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

const FAILED: u8 = 1;
const MISUSED: u8 = 2;

impl<C> Source<C> {
    /// Obeys the command line: `spec`, `check`, `discover` or `read`. To be returned from `main`.
    ///
    /// | exit code | |
    /// | --- | --- |
    /// | 0 | done |
    /// | 1 | failed; an ERROR trace on stdout says why |
    /// | 2 | the command line was wrong; an ERROR trace on stdout says why, and stderr how it is used |
    pub fn run(self) -> ExitCode {
        run(&self)
    }
}

/// Runs one command of a source, from the process's arguments to its exit code.
fn run<C>(source: &Source<C>) -> ExitCode {
    let context = RunContext::stdout();
    let output = &context.output;
    let cli = match Cli::parse_from_args(source.name, source.version, std::env::args_os()) {
        Ok(cli) => cli,
        Err(usage) => return report_usage(&usage, output),
    };
    output::install_logger(output, cli.wants_debug());
    let holds = context.ledger.holds().clone();
    panics::take_notes(move |panic| holds.note_stray_panic(panic));
    watch_for_exit(&context);

    let result = panics::catch(|| obey(source, cli.command, &context));
    let code = finish(&context, result);
    // Whatever happened: nothing stays behind in the buffer. If it cannot be written, the reader is gone.
    match output.flush() {
        Ok(()) => code,
        Err(_) => ExitCode::from(FAILED),
    }
}

fn obey<C>(source: &Source<C>, command: Command, context: &RunContext) -> Result<Done> {
    if !matches!(command, Command::Spec) {
        context.ledger.keep_alive();
        signals::watch(context);
    }
    if matches!(command, Command::Check(_) | Command::Discover(_)) {
        give_up_after(source.deadline, context);
    }
    let read_config = |path| input::config(path, source.config.read, &context.output, &context.config);
    let answer = match command {
        Command::Spec => commands::spec(source)?,
        Command::Check(file) => commands::check(source, read_config(&file.path), context)?,
        Command::Discover(file) => commands::discover(source, &read_config(&file.path)?)?,
        Command::Read { config, catalog, state } => {
            let config = read_config(&config.path)?;
            let catalog = input::catalog(&catalog)?;
            let offered = source.streams.iter().map(|stream| stream.describe().descriptor());
            let configured = catalog.streams.iter().map(|stream| stream.stream.descriptor());
            let states = input::states(state.as_deref(), offered.chain(configured))?;
            return commands::read(source, &config, catalog, states, context);
        }
    };
    Ok(Done::WithAnswer(Box::new(answer)))
}

/// Ends the process with an error if the author's code exits in the middle of a command, whatever its exit code.
fn watch_for_exit(context: &RunContext) {
    let context = context.clone();
    early_exit::watch(move || {
        if context.claim_last_word() {
            let message = "the connector called `std::process::exit` before it was done";
            context.end(Some(Error::system(message).with_internal("return an error instead")));
            early_exit::end_at_once(FAILED);
        }
        // A signal or the deadline came first, and ends the process when it has written the last messages.
        loop {
            std::thread::park();
        }
    });
}

/// Ends the process with an error if the command has not ended by then.
fn give_up_after(deadline: Duration, context: &RunContext) {
    let context = context.clone();
    // If no thread can be had, the limits of the HTTP client still hold.
    let _ = std::thread::Builder::new().name("deadline".to_owned()).spawn(move || {
        std::thread::sleep(deadline);
        if context.claim_last_word() {
            let message =
                format!("the service did not answer in time: gave up after {} s", deadline.as_secs_f32());
            context.end(Some(Error::transient(message)));
            early_exit::end_at_once(FAILED);
        }
    });
}

/// The one place that turns the end of a command into an exit code.
fn finish(context: &RunContext, result: Result<Done>) -> ExitCode {
    // If a signal or the deadline came first, that ends the process in its own way.
    while !context.claim_last_word() {
        std::thread::park();
    }
    early_exit::stop_watching();
    context.config.settle();
    let output = &context.output;
    if let Some(panic) = context.ledger.holds().take_stray_panic() {
        let _ = output.error(&panic, None);
        if result.is_ok() {
            return ExitCode::from(FAILED);
        }
    }
    match result {
        Ok(Done::Well) => return ExitCode::SUCCESS,
        Ok(Done::WithAnswer(answer)) => {
            if output.message(*answer).is_ok() {
                return ExitCode::SUCCESS;
            }
        }
        Ok(Done::WithFailedStreams) => {}
        // The reader is gone: there is nobody to tell.
        Err(error) if error.is_stopped() => {}
        Err(error) => {
            let _ = output.error(&error, None);
        }
    }
    ExitCode::from(FAILED)
}

/// Prints help that was asked for to stdout. Reports a wrong command line on stderr, for people, and as an ERROR trace on
/// stdout, for the platform.
fn report_usage(usage: &clap::Error, output: &Output) -> ExitCode {
    let text = usage.render().to_string();
    if usage.use_stderr() {
        let _ = std::io::stderr().write_all(text.as_bytes());
        // If nobody reads stdout, the exit code is left.
        let _ = output.error(&cli::misuse(usage), None).and_then(|()| output.flush());
        return ExitCode::from(MISUSED);
    }
    match output.line(text.as_bytes()).and_then(|()| output.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(FAILED),
    }
}
