//! The emulator as a program, for demos and for clients in other languages.

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::thread;

use clap::Parser;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use stock_api_emulator::{Emulator, Settings};

/// The stock price API on your own machine. Prints its URL, then serves until its input closes or it is killed.
#[derive(Parser)]
#[command(name = "stock-api-emulator")]
struct Arguments {
    /// The address to listen at: one of this machine, by which the clients reach it
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// The port there; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The key that clients must send
    #[arg(long, default_value = "test-key")]
    key: String,
    /// What the service takes for the present: 2026-03-13T21:00:00Z, or 2026-03-13 for noon UTC of that day
    #[arg(long, value_parser = instant)]
    now: Option<Timestamp>,
    /// How many bars each trading day has, all of one date; more than 1 is nothing that the service does
    #[arg(long, default_value_t = 1)]
    bars_per_day: u32,
    /// Two years of history, and no bar for today
    #[arg(long)]
    free_plan: bool,
}

fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(timestamp) = text.parse() {
        return Ok(timestamp);
    }
    let date: Date = text.parse().map_err(|_| "neither an RFC 3339 timestamp nor a date".to_owned())?;
    let noon = date.at(12, 0, 0, 0).to_zoned(TimeZone::UTC);
    noon.map(|noon| noon.timestamp()).map_err(|error| error.to_string())
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let place = SocketAddr::new(arguments.host, arguments.port);
    match serve(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("error at {place}: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn serve(arguments: Arguments) -> io::Result<()> {
    let emulator = Emulator::start(Settings {
        host: arguments.host,
        port: arguments.port,
        api_key: arguments.key,
        clock: arguments.now,
        bars_per_day: arguments.bars_per_day,
        history_days: arguments.free_plan.then_some(730),
        end_of_day: arguments.free_plan,
        ..Settings::default()
    })?;
    announce(&emulator.url())?;
    if has_no_input() {
        loop {
            thread::park();
        }
    }
    io::copy(&mut io::stdin().lock(), &mut io::sink())?;
    Ok(())
}

#[expect(clippy::print_stderr, reason = "a tool for people")]
fn complain(text: &str) {
    eprintln!("{text}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "no connector: the one line on stdout is what callers wait for"
)]
fn announce(url: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{url}")?;
    stdout.flush()
}

/// Whether the input is the null device, as shells and containers give it to programs in the background. It
/// is at its end from the start, which says nothing about when to stop.
#[cfg(unix)]
fn has_no_input() -> bool {
    use std::fs::File;
    use std::io::IsTerminal;
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;

    let stdin = io::stdin();
    let metadata = stdin.as_fd().try_clone_to_owned().and_then(|input| File::from(input).metadata());
    !stdin.is_terminal() && metadata.is_ok_and(|metadata| metadata.file_type().is_char_device())
}

#[cfg(not(unix))]
fn has_no_input() -> bool {
    false
}
