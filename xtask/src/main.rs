//! Development tasks behind cargo aliases.

#[cfg(feature = "acceptance")]
mod acceptance;
mod build_cost;
mod connector;
mod demo;
mod image;

use std::error::Error;
use std::io::{self, ErrorKind};
use std::process::ExitCode;

#[expect(clippy::print_stderr, reason = "a command-line tool")]
fn main() -> ExitCode {
    let result = match std::env::args().nth(1).as_deref() {
        Some("demo") => demo::run(),
        Some("build-cost") => build_cost::run(),
        #[cfg(feature = "acceptance")]
        Some("acceptance") => acceptance::run(std::env::args().skip(2)),
        Some("image") => image::run(std::env::args().skip(2)),
        _ => Err(
            "unknown task; available: `cargo demo`, `cargo acceptance`, `cargo image`, `cargo build-cost`"
                .into(),
        ),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
