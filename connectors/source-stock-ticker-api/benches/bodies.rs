//! Two ways to read the same pages: each as a whole (`pages`), or element by element while it arrives
//! (`element_pages`); and the service alone, read by a client that looks at nothing.
//! `cargo bench -p source-stock-ticker-api --bench bodies`
//!
//! The program runs itself: called with `read` it is a connector.
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
use airbyte_sdk::{AirbyteSpec, Date, Deserialize, Emitter, Result, Source, Timestamp, airbyte_stream};
use jiff::tz::Offset;
use measuring::{first_day, measure};
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::time::Instant;
use stock_api_emulator::{Emulator, Settings};

const BARS_PER_DAY: u32 = 10_000;
const RUNS: usize = 7;

#[derive(AirbyteSpec)]
struct Config {
    url: String,
    #[airbyte(default = false)]
    by_elements: bool,
}

#[airbyte_stream(name = "stock_prices", primary_key(stock_ticker, date), cursor = date, order = ascending)]
struct StockPrice {
    date: Date,
    stock_ticker: String,
    price: f64,
}

#[derive(Deserialize)]
struct Page {
    results: Option<Vec<Bar>>,
    next_url: Option<String>,
}

#[derive(Deserialize)]
struct Envelope {
    next_url: Option<String>,
}

#[derive(Deserialize)]
struct Bar {
    t: i64,
    c: f64,
}

fn fetch(config: &Config, _: Option<Date>, out: &mut Emitter<StockPrice>) -> Result<()> {
    let request = out.http().get(&config.url).header("Authorization", "Bearer bench-key");
    if config.by_elements {
        for bar in request.element_pages("results", |page: &Envelope| Ok(page.next_url.clone())) {
            emit(bar?, out)?;
        }
        return Ok(());
    }
    for page in request.pages(|page: &Page| page.next_url.clone()) {
        for bar in page?.results.unwrap_or_default() {
            emit(bar, out)?;
        }
    }
    Ok(())
}

fn emit(bar: Bar, out: &mut Emitter<StockPrice>) -> Result<()> {
    let date = Offset::UTC.to_datetime(Timestamp::from_millisecond(bar.t)?).date();
    out.emit(StockPrice { date, stock_ticker: "TSLA".to_owned(), price: bar.c })
}

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("spec" | "discover" | "read") => Source::new("source-bodies", "0").incremental(fetch).run(),
        _ => {
            for (records, pages_of) in
                [(1_000_000, 5_000), (1_000_000, 50_000), (1_000_000, 1_000_000), (5_000_000, 5_000_000)]
            {
                compare(records, pages_of);
            }
            ExitCode::SUCCESS
        }
    }
}

fn compare(records: usize, pages_of: u32) {
    let settings = Settings {
        api_key: "bench-key".to_owned(),
        bars_per_day: BARS_PER_DAY,
        largest_page: pages_of,
        // The first run makes the pages; what is measured is the client.
        cache: true,
        gzip: false,
        ..Settings::default()
    };
    let emulator = Emulator::start(settings).expect("a port on loopback");
    let (first, last) = (first_day(records / BARS_PER_DAY as usize), first_day(1));
    let path =
        format!("/v2/aggs/ticker/TSLA/range/1/day/{first}/{last}?adjusted=true&sort=asc&limit={pages_of}");
    let connector = Connector::new(std::env::current_exe().expect("this program"));
    let config =
        |by_elements: bool| json!({"url": format!("{}{path}", emulator.url()), "by_elements": by_elements});
    let catalog = connector.discover(&config(true)).configured("incremental");

    let bytes = plain(&emulator.url(), &path);
    println!("{records} records in pages of {pages_of}, {:.0} MB, median of {RUNS} runs", bytes as f64 / 1e6);
    // In turn, so that a machine that grows slow is slow for all.
    let mut ways = [("plain client", Vec::new()), ("pages", Vec::new()), ("elements", Vec::new())];
    for _ in 0..RUNS {
        let started = Instant::now();
        plain(&emulator.url(), &path);
        ways[0].1.push((started.elapsed(), 0));
        // A page that is read as a whole has a limit of 256 MiB.
        if bytes < 256 << 20 {
            ways[1].1.push(measure(&connector, &config(false), &catalog));
        }
        ways[2].1.push(measure(&connector, &config(true), &catalog));
    }
    for (way, mut runs) in ways {
        runs.sort_unstable();
        let Some((median, _)) = runs.get(RUNS / 2) else { continue };
        let (fastest, slowest) = (runs[0].0, runs[RUNS - 1].0);
        let peak = runs.iter().map(|run| run.1).max().unwrap_or_default();
        println!(
            "  {way:12} {:6.2} M records/s{} ({:.3} s; {:.3} to {:.3})",
            records as f64 / median.as_secs_f64() / 1e6,
            if peak > 0 { format!(", {:.1} MiB peak", peak as f64 / 1024.0) } else { String::new() },
            median.as_secs_f64(),
            fastest.as_secs_f64(),
            slowest.as_secs_f64(),
        );
    }
}

/// Reads all pages and looks for nothing but the next one; says how many bytes they have.
fn plain(url: &str, path: &str) -> usize {
    let host = url.trim_start_matches("http://");
    let stream = TcpStream::connect(host).expect("the emulator");
    let mut input = BufReader::with_capacity(128 << 10, stream.try_clone().expect("a socket"));
    let (mut path, mut bytes, mut tail) = (path.to_owned(), 0, Vec::new());
    loop {
        let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer bench-key\r\n\r\n");
        (&stream).write_all(head.as_bytes()).expect("a request");
        let mut left = 0_usize;
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            input.read_line(&mut line).expect("a header");
            if let Some(length) = line.strip_prefix("Content-Length: ") {
                left = length.trim().parse().expect("a length");
            }
        }
        bytes += left;
        // All but the end, which names the next page.
        let mut chunk = vec![0; 128 << 10];
        while left > 1024 {
            let most = chunk.len().min(left - 1024);
            left -= input.read(&mut chunk[..most]).expect("a body");
        }
        tail.resize(left, 0);
        input.read_exact(&mut tail).expect("a body");
        let text = String::from_utf8_lossy(&tail);
        let next = text.split("\"next_url\":\"").nth(1).and_then(|rest| rest.split('"').next());
        match next.and_then(|next| next.strip_prefix(url)) {
            Some(next) => path = next.to_owned(),
            None => return bytes,
        }
    }
}
