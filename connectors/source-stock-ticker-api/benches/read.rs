//! Measures the connector end to end: the time to start, and the speed and memory of reading records page by page from the
//! emulator, to `/dev/null` and through a pipe to `cat`. `cargo bench -p source-stock-ticker-api --bench read`
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

mod measuring;

use airbyte_sdk::testing::Connector;
use measuring::{Stdout, first_day, measure};
use serde_json::json;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use stock_api_emulator::{Emulator, Settings};

const PROGRAM: &str = env!("CARGO_BIN_EXE_source-stock-ticker-api");
const BARS_PER_DAY: u32 = 10_000;
const RUNS: usize = 7;

fn main() {
    start();
    // As many trading days as it takes for one million records, then for ten million.
    for (records, days) in [(1_000_000, 100), (10_000_000, 1000)] {
        read(records, days);
    }
}

fn start() {
    let mut times: Vec<Duration> = (0..200)
        .map(|_| {
            let started = Instant::now();
            let status = Command::new(PROGRAM).arg("spec").stdout(Stdio::null()).status().expect("a run");
            assert!(status.success());
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    let milliseconds = |at: usize| times[at].as_secs_f64() * 1e3;
    println!(
        "spec: {:.2} ms (median of {}; {:.2} to {:.2})",
        milliseconds(100),
        times.len(),
        milliseconds(0),
        milliseconds(199)
    );
}

fn read(records: u64, days: usize) {
    let settings = Settings {
        api_key: "bench-key".to_owned(),
        bars_per_day: BARS_PER_DAY,
        // The first run builds the pages, so that only the connector is measured.
        cache: true,
        gzip: false,
        ..Settings::default()
    };
    let emulator = Emulator::start(settings).expect("a port on loopback");
    let config = json!({"stock_ticker": "TSLA", "api_key": "bench-key", "api_url": emulator.url(), "requests_per_minute": 0,
        "start_date": first_day(days)});
    let connector = Connector::new(PROGRAM);
    let catalog = connector.discover(&config).configured("incremental");
    // Fills the emulator's cache.
    measure(&connector, &config, &catalog, Stdout::Null);
    let mut ways = [("/dev/null", Stdout::Null, Vec::new()), ("a pipe", Stdout::Pipe, Vec::new())];
    // Alternating, so that other work of the machine affects both.
    for _ in 0..RUNS {
        for (_, stdout, runs) in &mut ways {
            runs.push(measure(&connector, &config, &catalog, *stdout));
        }
    }
    for (name, _, mut runs) in ways {
        runs.sort_unstable();
        let seconds = runs[RUNS / 2].0.as_secs_f64();
        println!(
            "read to {name}: {:.2} M records/s, {:.1} MiB peak ({} M records in pages of 50000, {seconds:.3} s; {:.3} to {:.3}; median of {RUNS} runs)",
            records as f64 / seconds / 1e6,
            runs.iter().map(|run| run.1).max().unwrap_or_default() as f64 / 1024.0,
            records / 1_000_000,
            runs[0].0.as_secs_f64(),
            runs[RUNS - 1].0.as_secs_f64(),
        );
    }
}
