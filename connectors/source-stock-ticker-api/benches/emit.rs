//! Measures how fast records are emitted: a source that emits from memory to `/dev/null` and through a pipe to `cat`,
//! compared with a loop that writes the same bytes. `cargo bench -p source-stock-ticker-api --bench emit`
//!
//! The program starts itself: with the command `read` it is a connector, with `copy` it is the loop.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

mod measuring;

use airbyte_sdk::jiff::ToSpan;
use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, Source, airbyte_stream};
use measuring::{Stdout, spawn};
use std::io::Write;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const RECORDS: usize = 4_000_000;
const RUNS: usize = 7;

#[derive(AirbyteSpec)]
struct Config {}

#[airbyte_stream(name = "stock_prices", primary_key(stock_ticker, date), cursor = date, order = ascending)]
struct StockPrice {
    date: Date,
    stock_ticker: String,
    price: f64,
}

fn fetch(_: &Config, _: Option<Date>, out: &mut Emitter<StockPrice>) -> Result<()> {
    let start = airbyte_sdk::jiff::civil::date(2000, 1, 1);
    let days: Vec<Date> = start.series(1.day()).take(8000).collect();
    for at in 0..RECORDS {
        let price = 100.0 + (at % 10_007) as f64 / 100.0;
        out.emit(StockPrice {
            date: days[at * days.len() / RECORDS],
            stock_ticker: "TSLA".to_owned(),
            price,
        })?;
    }
    Ok(())
}

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("read") => return Source::new("source-emit", "0").incremental(fetch).run(),
        Some("copy") => copy(),
        _ => compare(),
    }
    ExitCode::SUCCESS
}

/// Writes as many bytes as the records have, in chunks as large as the SDK's.
fn copy() {
    let line = br#"{"type":"RECORD","record":{"stream":"stock_prices","emitted_at":1795182104004,"data":{"date":"2026-11-13","stock_ticker":"TSLA","price":141.81}}}"#;
    let chunk = [&line[..], b"\n"].concat().repeat(64 * 1024 / line.len() + 1);
    let mut left = RECORDS * (line.len() + 1);
    let mut stdout = std::io::stdout();
    // The bytes are first copied into a buffer, as records must be.
    let mut buffer = Vec::with_capacity(chunk.len());
    while left > 0 {
        let size = left.min(chunk.len());
        buffer.clear();
        buffer.extend_from_slice(&chunk[..size]);
        stdout.write_all(&buffer).expect("stdout");
        left -= size;
    }
}

fn compare() {
    let folder = std::env::temp_dir().join(format!("airbyte-sdk-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).expect("an input file");
        folder.join(name)
    };
    let config = file("config.json", "{}");
    let catalog = file(
        "catalog.json",
        r#"{"streams":[{"stream":{"name":"stock_prices","json_schema":{},"supported_sync_modes":["incremental"]},"sync_mode":"incremental","destination_sync_mode":"append"}]}"#,
    );
    let program = std::env::current_exe().expect("this program");
    let read = || {
        let mut command = Command::new(&program);
        command.arg("read").arg("--config").arg(&config).arg("--catalog").arg(&catalog);
        command
    };
    let copy = || {
        let mut command = Command::new(&program);
        command.arg("copy");
        command
    };

    let bytes = read().output().expect("a run").stdout.len();
    let programs: [(&str, &dyn Fn() -> Command); 2] = [("emit", &read), ("copy", &copy)];
    let mut ways = Vec::new();
    for (name, command) in programs {
        ways.push((format!("{name} to /dev/null"), command, Stdout::Null, Vec::new()));
        ways.push((format!("{name} to a pipe"), command, Stdout::Pipe, Vec::new()));
    }
    // Alternating, so that a slow phase of the machine affects all.
    for _ in 0..RUNS {
        for (_, command, stdout, times) in &mut ways {
            times.push(time(&mut command(), *stdout));
        }
    }
    println!("{RECORDS} records, {bytes} bytes, median of {RUNS} runs, including the start of the process");
    for (name, _, _, mut times) in ways {
        times.sort_unstable();
        let seconds = times[RUNS / 2].as_secs_f64();
        println!(
            "{name}: {:6.2} M records/s {:8.1} MB/s ({:.3} s; {:.3} to {:.3})",
            RECORDS as f64 / seconds / 1e6,
            bytes as f64 / seconds / 1e6,
            seconds,
            times[0].as_secs_f64(),
            times[RUNS - 1].as_secs_f64(),
        );
    }
    let _ = std::fs::remove_dir_all(&folder);
}

fn time(command: &mut Command, stdout: Stdout) -> Duration {
    let started = Instant::now();
    let (mut child, cat) = spawn(command.stdin(Stdio::null()), stdout);
    assert!(child.wait().expect("a run").success());
    assert!(cat.is_none_or(|mut cat| cat.wait().expect("cat").success()));
    started.elapsed()
}
