//! Measures what several threads gain: with 64 partitions, each with one request to an API that answers after 100 ms, and with
//! 8 partitions of a million records each that need nothing but the processor.
//! `cargo bench -p source-fixture --bench parallel`
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

use renamed_sdk::testing::server::Response;
use renamed_sdk::testing::{Connector, Server};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::{Duration, Instant};

const LATENCY: Duration = Duration::from_millis(100);
const PARTITIONS: usize = 64;
const RUNS: usize = 5;

fn main() {
    println!("{PARTITIONS} partitions of one request of 100 ms");
    wait_for_the_api();
    println!("8 partitions of a million records");
    use_the_processor();
}

fn wait_for_the_api() {
    let server = Server::start();
    server.on("*").respond_with(|_| {
        std::thread::sleep(LATENCY);
        Response::json(json!([{"id": 1}, {"id": 2}]))
    });
    let connector = Connector::new(env!("CARGO_BIN_EXE_parallel"));
    let shops: Vec<String> = (0..PARTITIONS).map(|shop| format!("shop {shop}")).collect();
    let config = |workers: u32| json!({"url": server.url(), "shops": shops, "workers": workers});
    let catalog = catalog(&connector, &config(1), "visits");
    compare(&[1, 2, 4, 8, 16], |workers| {
        let run = connector.read(&config(workers), &catalog, None);
        assert_eq!(run.records("visits").len(), 2 * PARTITIONS, "{run}");
    });
}

fn use_the_processor() {
    let connector = Connector::new(env!("CARGO_BIN_EXE_source-fixture"));
    let shelves: Vec<String> = (0..8).map(|shelf| format!("shelf {shelf}")).collect();
    let config = json!({"count": 1_000_000, "shelves": shelves});
    let catalog = catalog(&connector, &config, "books");
    compare(&[1, 2, 4], |workers| {
        let mut command = connector.read_command(&config, &catalog, None);
        command.env("AIRBYTE_SDK_CONCURRENCY", workers.to_string()).stdout(Stdio::null());
        assert!(command.status().expect("the connector starts").success());
    });
}

fn catalog(connector: &Connector, config: &Value, stream: &str) -> Value {
    let mut catalog = connector.discover(config).configured("incremental");
    let streams = catalog["streams"].as_array_mut().expect("streams");
    streams.retain(|entry| entry["stream"]["name"] == stream);
    catalog
}

/// Prints how long a read with each of these numbers of threads takes, compared with one thread.
fn compare(workers: &[u32], read: impl Fn(u32)) {
    let mut alone = None;
    for &workers in workers {
        let mut times: Vec<f64> = (0..RUNS)
            .map(|_| {
                let started = Instant::now();
                read(workers);
                started.elapsed().as_secs_f64()
            })
            .collect();
        times.sort_unstable_by(f64::total_cmp);
        let median = times[RUNS / 2];
        let one = *alone.get_or_insert(median);
        println!(
            "{workers:2} threads: {median:.2} s ({:.2} to {:.2}), {:.2} times as fast as one",
            times[0],
            times[RUNS - 1],
            one / median
        );
    }
}
