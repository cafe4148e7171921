//! Measures how long 64 partitions take, each with one request to an API that answers after 100 ms, with 1 to 16 threads.
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
use serde_json::json;
use std::time::{Duration, Instant};

const LATENCY: Duration = Duration::from_millis(100);
const PARTITIONS: usize = 64;
const RUNS: usize = 5;

fn main() {
    let server = Server::start();
    server.on("*").respond_with(|_| {
        std::thread::sleep(LATENCY);
        Response::json(json!([{"id": 1}, {"id": 2}]))
    });
    let connector = Connector::new(env!("CARGO_BIN_EXE_parallel"));
    let shops: Vec<String> = (0..PARTITIONS).map(|shop| format!("shop {shop}")).collect();
    let config = |workers: u32| json!({"url": server.url(), "shops": shops, "workers": workers});
    let mut catalog = connector.discover(&config(1)).configured("incremental");
    let streams = catalog["streams"].as_array_mut().expect("streams");
    streams.retain(|entry| entry["stream"]["name"] == "visits");
    let mut alone = None;
    for workers in [1, 2, 4, 8, 16] {
        let mut times: Vec<f64> = (0..RUNS)
            .map(|_| {
                let started = Instant::now();
                let run = connector.read(&config(workers), &catalog, None);
                assert_eq!(run.records("visits").len(), 2 * PARTITIONS, "{run}");
                started.elapsed().as_secs_f64()
            })
            .collect();
        times.sort_unstable_by(f64::total_cmp);
        let median = times[RUNS / 2];
        let one = *alone.get_or_insert(median);
        println!(
            "{workers:2} threads: {median:.2} s ({:.2} to {:.2}), {:.2} of 1/{workers} of the time of one",
            times[0],
            times[RUNS - 1],
            median / one * f64::from(workers)
        );
    }
}
