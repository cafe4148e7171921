//! Shared by the benchmarks: trading days, times and memory.
#![allow(dead_code, reason = "each benchmark uses a part")]

use airbyte_sdk::DateRange;
use airbyte_sdk::testing::Connector;
use jiff::{ToSpan, tz::Offset};
use serde_json::Value;
use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use stock_api_emulator::is_trading_day;

/// Returns the first of the last `days` trading days, up to yesterday in New York.
pub(crate) fn first_day(days: usize) -> String {
    let last = DateRange::ended_at(Offset::constant(-5), 1).last();
    let trading = last.series(-1.day()).filter(|day| is_trading_day(*day)).nth(days - 1);
    trading.expect("enough days").to_string()
}

/// Where a measured program writes to.
#[derive(Clone, Copy)]
pub(crate) enum Stdout {
    /// `> /dev/null`
    Null,
    /// `| cat > /dev/null`
    Pipe,
}

/// Starts the command with this stdout. Returns it, and `cat` if it writes to that.
pub(crate) fn spawn(command: &mut Command, stdout: Stdout) -> (Child, Option<Child>) {
    let null = || File::create("/dev/null").expect("/dev/null");
    match stdout {
        Stdout::Null => (command.stdout(null()).spawn().expect("a run"), None),
        Stdout::Pipe => {
            let mut cat = Command::new("cat").stdin(Stdio::piped()).stdout(null()).spawn().expect("cat");
            let child = command.stdout(cat.stdin.take().expect("a pipe")).spawn().expect("a run");
            // Otherwise it keeps the pipe open, and `cat` does not end.
            command.stdout(Stdio::null());
            (child, Some(cat))
        }
    }
}

/// Returns the time of one read, and its peak memory in KiB.
pub(crate) fn measure(
    connector: &Connector,
    config: &Value,
    catalog: &Value,
    stdout: Stdout,
) -> (Duration, u64) {
    let started = Instant::now();
    let (mut child, cat) = spawn(&mut connector.read_command(config, catalog, None), stdout);
    let mut peak = 0;
    // The kernel reports the peak only while the process exists, so the last value before its end counts.
    while child.try_wait().expect("a run").is_none() {
        peak = peak_of(&child).unwrap_or(peak);
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(child.wait().expect("a run").success());
    assert!(cat.is_none_or(|mut cat| cat.wait().expect("cat").success()));
    (started.elapsed(), peak)
}

fn peak_of(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
