//! Measures streams of very many partitions and children: the memory, the time and the bytes of a first read, and of one that
//! resumes from its state. `cargo bench -p source-fixture --bench many`
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

use renamed_sdk::testing::Connector;
use serde_json::{Value, json};
use std::io::Read;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 3;

/// What a read has written, and what it took.
struct Measured {
    /// The peak memory in KiB.
    peak: u64,
    time: Duration,
    bytes: usize,
    states: usize,
    last_state: Vec<u8>,
}

fn main() {
    println!("stream, count, read: peak MiB, seconds, bytes of stdout, states, bytes of the last state");
    for (stream, count, step) in [
        ("readings", 10_000_u64, 1_u64),
        ("readings", 100_000, 1),
        ("readings", 1_000_000, 1),
        ("events", 10_000, 1),
        ("events", 100_000, 1),
        ("events", 1_000_000, 10),
        ("events", 1_000_000, 1),
    ] {
        let config = json!({"count": count, "step": step});
        let connector = Connector::new(env!("CARGO_BIN_EXE_many"));
        let mut catalog = connector.discover(&config).configured("incremental");
        let streams = catalog["streams"].as_array_mut().expect("streams");
        streams.retain(|entry| entry["stream"]["name"] == stream);
        let first = measure(&connector, &config, &catalog, None);
        report(&format!("{stream}, {count}/{step}, first"), &first);
        let state: Value = serde_json::from_slice(&first.last_state).expect("a state");
        drop(first);
        let state = json!([state]);
        report(
            &format!("{stream}, {count}/{step}, resumed"),
            &measure(&connector, &config, &catalog, Some(&state)),
        );
    }
}

fn report(what: &str, measured: &Measured) {
    let Measured { peak, time, bytes, states, last_state } = measured;
    let (peak, seconds) = (*peak as f64 / 1024.0, time.as_secs_f64());
    println!("{what}: {peak:.1} MiB, {seconds:.2} s, {bytes}, {states}, {}", last_state.len());
}

/// Returns the measurements of the run of median time, with the highest peak of all.
fn measure(connector: &Connector, config: &Value, catalog: &Value, state: Option<&Value>) -> Measured {
    let mut runs: Vec<Measured> = (0..RUNS).map(|_| read(connector, config, catalog, state)).collect();
    runs.sort_by_key(|run| run.time);
    let peak = runs.iter().map(|run| run.peak).max().expect("a run");
    Measured { peak, ..runs.swap_remove(RUNS / 2) }
}

fn read(connector: &Connector, config: &Value, catalog: &Value, state: Option<&Value>) -> Measured {
    let command = &mut connector.read_command(config, catalog, state);
    let started = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().expect("a run");
    let mut stdout = child.stdout.take().expect("stdout");
    let mut chunk = vec![0; 64 << 10];
    let (mut measured, mut line) =
        (Measured { peak: 0, time: Duration::ZERO, bytes: 0, states: 0, last_state: Vec::new() }, Vec::new());
    loop {
        let length = stdout.read(&mut chunk).expect("stdout");
        if length == 0 {
            break;
        }
        // The kernel reports the peak only while the process exists. The last messages follow the last state, which is larger
        // than a pipe.
        measured.peak = peak_of(&child).unwrap_or(measured.peak);
        measured.bytes += length;
        for part in chunk[..length].split_inclusive(|byte| *byte == b'\n') {
            line.extend_from_slice(part);
            if line.ends_with(b"\n") {
                if line.starts_with(br#"{"type":"STATE""#) {
                    measured.states += 1;
                    measured.last_state.clone_from(&line);
                }
                line.clear();
            }
        }
    }
    assert!(child.wait().expect("a run").success());
    measured.time = started.elapsed();
    measured
}

fn peak_of(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
