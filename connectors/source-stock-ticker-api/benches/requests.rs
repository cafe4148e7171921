//! Compares the time of a request through the SDK's client with the underlying client alone.
//! `cargo bench -p source-stock-ticker-api --bench requests`
//!
//! The program starts itself: with the command `read` it is a connector, with `bare` a loop around the client.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

use airbyte_sdk::testing::Connector;
use airbyte_sdk::{AirbyteSpec, Emitter, Result, Source, airbyte_stream};
use serde_json::{Value, json};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use stock_api_emulator::{Emulator, Settings};

const REQUESTS: u32 = 20_000;
const RUNS: usize = 7;
const KEY: &str = "bench-key";

#[derive(AirbyteSpec)]
struct Config {
    url: String,
    requests: u32,
}

#[airbyte_stream(name = "responses")]
struct Response {
    number: u32,
}

fn fetch(config: &Config, out: &mut Emitter<Response>) -> Result<()> {
    let http = out.http().header("Authorization", format!("Bearer {KEY}"));
    for _ in 0..config.requests {
        let page: Value = http.get(&config.url).query("limit", 50_000).json()?;
        assert!(page["results"].is_array());
    }
    Ok(())
}

fn bare(url: &str, requests: u32) {
    let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
    for _ in 0..requests {
        let request = agent.get(url).header("Authorization", format!("Bearer {KEY}")).query("limit", "50000");
        let body = request.call().expect("a response").body_mut().read_to_vec().expect("a body");
        let page: Value = serde_json::from_slice(&body).expect("JSON");
        assert!(page["results"].is_array());
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("bare") => {
            bare(&arguments[2], arguments[3].parse().expect("a number"));
            ExitCode::SUCCESS
        }
        Some("spec" | "check" | "discover" | "read") => {
            Source::<Config>::new("source-bench", "0.0.0").full_refresh(fetch).run()
        }
        _ => {
            compare();
            ExitCode::SUCCESS
        }
    }
}

/// Alternating, so that other work of the machine affects both.
fn compare() {
    let settings = Settings { api_key: KEY.to_owned(), cache: true, gzip: false, ..Settings::default() };
    let emulator = Emulator::start(settings).expect("a port on loopback");
    let url = format!("{}/v2/aggs/ticker/TSLA/range/1/day/2026-03-02/2026-03-06", emulator.url());
    let program = std::env::current_exe().expect("this program");
    let connector = Connector::new(&program);
    let config = |requests: u32| json!({"url": url, "requests": requests});
    let catalog = connector.discover(&config(0)).configured("full_refresh");
    let timed = |command: &mut Command| {
        let started = Instant::now();
        assert!(command.stdout(Stdio::null()).status().expect("a run").success());
        started.elapsed()
    };
    let (mut sdk, mut alone) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        sdk.push(timed(&mut connector.read_command(&config(REQUESTS), &catalog, None)));
        alone.push(timed(Command::new(&program).arg("bare").arg(&url).arg(REQUESTS.to_string())));
    }
    let each = |times: &mut Vec<Duration>| {
        times.sort();
        times[RUNS / 2].as_secs_f64() * 1e6 / f64::from(REQUESTS)
    };
    let (sdk, alone) = (each(&mut sdk), each(&mut alone));
    println!(
        "SDK: {sdk:.1} µs per request; underlying client alone: {alone:.1} µs; {:.2} times as long (median of {RUNS})",
        sdk / alone
    );
}
