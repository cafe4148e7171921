//! The emulator as a program, for the demo and for clients in other languages.

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::thread;

use clap::Parser;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use stock_api_emulator::{Emulator, Settings};

/// Emulates the stock price API. Prints its URL and serves until stdin is closed or it is killed.
#[derive(Parser)]
#[command(name = "stock-api-emulator")]
struct Arguments {
    /// The address to listen on: one of this machine that the clients can reach
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// The port; 0 for any free port
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The API key that clients must send
    #[arg(long, default_value = "test-key")]
    key: String,
    /// The current time of the API: 2026-03-13T21:00:00Z, or 2026-03-13 for noon UTC of that day [default: the
    /// machine's clock]
    #[arg(long, value_parser = instant)]
    now: Option<Timestamp>,
    /// The number of bars per trading day; the real API has 1
    #[arg(long, default_value_t = 1)]
    bars_per_day: u32,
    /// Serve two years of history, and no bar for today, like the free plan
    #[arg(long)]
    free_plan: bool,
}

fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(timestamp) = text.parse() {
        return Ok(timestamp);
    }
    let date: Date = text
        .parse()
        .map_err(|_| "must be a timestamp like 2026-03-13T21:00:00Z or a date like 2026-03-13".to_owned())?;
    let noon = date.at(12, 0, 0, 0).to_zoned(TimeZone::UTC);
    noon.map(|noon| noon.timestamp()).map_err(|error| error.to_string())
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let address = SocketAddr::new(arguments.host, arguments.port);
    match serve(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&format!("error: cannot serve on {address}: {error}"));
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

#[expect(clippy::print_stderr, reason = "a command-line tool")]
fn print_error(text: &str) {
    eprintln!("{text}");
}

#[expect(clippy::disallowed_methods, reason = "not a connector: callers wait for the URL on stdout")]
fn announce(url: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{url}")?;
    stdout.flush()
}

/// Returns whether stdin is the null device, which shells and containers pass to background programs. Its end is no signal to
/// stop.
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
